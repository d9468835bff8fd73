-- The one way in which a device joins an account that is locked and entered: a new device, within account_bounds; one
-- that the account knows already, from another machine's copy after a restore or because it left, which comes in as
-- itself; or one of its own that repeats itself because its reply was lost. The caller has decided that it may.
CREATE OR REPLACE FUNCTION breath.join_device(
  p_account uuid, p_device uuid, p_secret_hash bytea, p_name text, p_time_zone text, p_refresh_session uuid,
  OUT tenant uuid, OUT generation integer
)
LANGUAGE plpgsql
AS $$
DECLARE
  next_version bigint;
BEGIN
  PERFORM breath.renumber_account(a.account_id) FROM breath.accounts AS a
  WHERE a.account_id = p_account AND breath.is_at_end(a.version);
  UPDATE breath.accounts AS a SET version = a.version + 1 WHERE a.account_id = p_account
  RETURNING a.version INTO next_version;
  INSERT INTO breath.device_credentials (device_id, account_id, secret_hash)
  VALUES (p_device, p_account, p_secret_hash)
  ON CONFLICT (device_id) DO NOTHING;
  IF FOUND THEN
    IF NOT breath.has_device_room(p_account, p_device) THEN
      RAISE EXCEPTION 'too many devices' USING ERRCODE = 'BM409';
    END IF;
    INSERT INTO breath.devices AS d (account_id, device_id, version, name, time_zone)
    VALUES (p_account, p_device, next_version, p_name, breath.zone_of_new_device(p_account, p_time_zone))
    ON CONFLICT (account_id, device_id) DO UPDATE SET version = excluded.version, name = excluded.name,
      time_zone = coalesce(breath.known_zone(p_time_zone), d.time_zone), left_at = NULL,
      revoked_at = CASE WHEN d.left_at IS NULL THEN d.revoked_at END;
  ELSE
    PERFORM FROM breath.device_credentials AS c
    WHERE c.device_id = p_device AND c.account_id = p_account AND c.secret_hash = p_secret_hash;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'device exists' USING ERRCODE = 'BM409';
    END IF;
    -- Keeps versions gapless: the number taken above belongs to the row it announces.
    UPDATE breath.devices AS d SET version = next_version WHERE d.account_id = p_account AND d.device_id = p_device;
  END IF;
  SELECT s.tenant, s.generation INTO tenant, generation
  FROM breath.begin_refresh_session(p_account, p_device, p_refresh_session) AS s;
END
$$;
REVOKE ALL ON FUNCTION breath.join_device FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.join_device TO breath_auth;
