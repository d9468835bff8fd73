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

-- What a key pushes gets its dates by the zone in the row of its device, so that moves along before, in a flight that
-- holds the account. Nothing where it is there already.
CREATE FUNCTION breath.move_key(p_account uuid, p_key uuid) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  zone CONSTANT text := breath.zone_of_key(p_account, p_key);
  next_version bigint;
BEGIN
  IF EXISTS (
    SELECT FROM breath.devices d WHERE d.account_id = p_account AND d.device_id = p_key AND d.time_zone <> zone
  ) THEN
    UPDATE breath.accounts a SET version = a.version + 1 WHERE a.account_id = p_account
    RETURNING a.version INTO next_version;
    UPDATE breath.devices d SET time_zone = zone, version = next_version
    WHERE d.account_id = p_account AND d.device_id = p_key;
  END IF;
END
$$;

REVOKE ALL ON FUNCTION breath.zone_of_key, breath.move_key FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.zone_of_key TO breath_sync, breath_stats;
GRANT EXECUTE ON FUNCTION breath.move_key TO breath_sync;
