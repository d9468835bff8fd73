SET LOCAL ROLE breath_owner;

-- Where a key is: where its person is at home, or else where the machine is now that made it. A key has no clock of its
-- own, and would stay for ever where it was made.
CREATE FUNCTION breath.zone_of_key(p_account uuid, p_key uuid) RETURNS text
LANGUAGE sql STABLE
AS $$
  SELECT coalesce(a.time_zone, maker.time_zone, own.time_zone)
  FROM breath.accounts a
  JOIN breath.devices own ON own.account_id = a.account_id AND own.device_id = p_key
  LEFT JOIN breath.api_keys k ON k.account_id = a.account_id AND k.device_id = p_key
  LEFT JOIN breath.devices maker
    ON maker.account_id = a.account_id AND maker.device_id = k.made_by AND maker.left_at IS NULL
  WHERE a.account_id = p_account
$$;
REVOKE ALL ON FUNCTION breath.zone_of_key FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.zone_of_key TO breath_sync, breath_stats;

-- As in 0019. What a key pushes gets its dates by the zone in the row of its device, so that moves along before.
CREATE OR REPLACE FUNCTION breath.begin_key_request(
  p_account uuid, p_device uuid, p_key_hash bytea, p_scope text, p_writes boolean, p_limit_key bytea,
  p_interval_ms double precision, p_burst integer, OUT remaining integer, OUT reset_ms bigint
)
LANGUAGE plpgsql
AS $$
DECLARE
  shown breath.api_keys;
  zone text;
  next_version bigint;
BEGIN
  PERFORM set_config('breath.account', p_account::text, true);
  SELECT a.remaining, a.reset_ms INTO remaining, reset_ms
  FROM breath.admit(p_limit_key, p_interval_ms, p_burst) AS a;
  IF p_writes THEN
    PERFORM FROM breath.accounts WHERE account_id = p_account FOR NO KEY UPDATE;
  END IF;
  SELECT k.* INTO shown FROM breath.api_keys k JOIN breath.devices d USING (account_id, device_id)
  WHERE k.account_id = p_account AND k.device_id = p_device AND k.key_hash = p_key_hash AND k.expires_at > now()
    AND d.revoked_at IS NULL;
  IF NOT FOUND THEN
    PERFORM breath.refuse_erased(p_account);
    RAISE EXCEPTION 'key refused' USING ERRCODE = 'BM40K';
  END IF;
  IF p_scope <> ALL (shown.scopes) THEN
    RAISE EXCEPTION USING ERRCODE = 'BM403', MESSAGE = p_scope;
  END IF;
  IF shown.last_used_on IS DISTINCT FROM current_date THEN
    UPDATE breath.api_keys k SET last_used_on = current_date
    WHERE k.account_id = p_account AND k.device_id = p_device;
  END IF;
  IF p_writes AND p_scope = 'sync' THEN
    zone := breath.zone_of_key(p_account, p_device);
    IF EXISTS (
      SELECT FROM breath.devices d WHERE d.account_id = p_account AND d.device_id = p_device AND d.time_zone <> zone
    ) THEN
      UPDATE breath.accounts a SET version = a.version + 1 WHERE a.account_id = p_account
      RETURNING a.version INTO next_version;
      UPDATE breath.devices d SET time_zone = zone, version = next_version
      WHERE d.account_id = p_account AND d.device_id = p_device;
    END IF;
  END IF;
END
$$;
