-- What a key pushes gets its dates by the zone in the row of its device, so that moves along before, in a pipeline that
-- holds the account. Nothing where it is there already.
CREATE OR REPLACE FUNCTION breath.move_key(p_account uuid, p_key uuid) RETURNS void
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
REVOKE ALL ON FUNCTION breath.move_key FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.move_key TO breath_sync;
