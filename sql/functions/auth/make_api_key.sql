-- Makes an API key, in a pipeline that holds the account: a device without a secret, in its maker's zone.
-- `outcome`: 'made', or 'too_many'.
CREATE OR REPLACE FUNCTION breath.make_api_key(
  p_account uuid, p_maker uuid, p_device uuid, p_key_hash bytea, p_name text, p_scopes text[], p_expires_at timestamptz,
  OUT outcome text
)
LANGUAGE plpgsql
AS $$
DECLARE
  keys_max CONSTANT integer := 20;
  next_version bigint;
BEGIN
  outcome := 'too_many';
  IF (
    SELECT count(*) FROM breath.api_keys k JOIN breath.devices d USING (account_id, device_id)
    WHERE k.account_id = p_account AND d.revoked_at IS NULL AND k.expires_at > now()
  ) >= keys_max THEN
    RETURN;
  ELSIF NOT breath.has_device_room(p_account, p_device) THEN
    RAISE EXCEPTION 'too many devices' USING ERRCODE = 'BM409';
  END IF;
  UPDATE breath.accounts a SET version = a.version + 1 WHERE a.account_id = p_account
  RETURNING a.version INTO next_version;
  INSERT INTO breath.devices (account_id, device_id, version, name, time_zone)
  SELECT p_account, p_device, next_version, p_name, d.time_zone FROM breath.devices d
  WHERE d.account_id = p_account AND d.device_id = p_maker;
  INSERT INTO breath.api_keys (account_id, device_id, key_hash, scopes, made_by, expires_at)
  VALUES (p_account, p_device, p_key_hash, p_scopes, p_maker, p_expires_at);
  outcome := 'made';
END
$$;
REVOKE ALL ON FUNCTION breath.make_api_key FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.make_api_key TO breath_auth;
