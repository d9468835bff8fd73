-- Revokes an API key by revoking its device. `revoked` is false for one that is not there, foreign or revoked before.
CREATE OR REPLACE FUNCTION breath.revoke_api_key(p_account uuid, p_device uuid, OUT revoked boolean)
LANGUAGE plpgsql
AS $$
DECLARE
  next_version bigint;
BEGIN
  UPDATE breath.devices d SET revoked_at = now()
  WHERE d.account_id = p_account AND d.device_id = p_device AND d.revoked_at IS NULL
    AND EXISTS (SELECT FROM breath.api_keys k WHERE k.account_id = p_account AND k.device_id = p_device);
  revoked := FOUND;
  IF revoked THEN
    UPDATE breath.accounts a SET version = a.version + 1 WHERE a.account_id = p_account
    RETURNING a.version INTO next_version;
    UPDATE breath.devices d SET version = next_version WHERE d.account_id = p_account AND d.device_id = p_device;
  END IF;
END
$$;
REVOKE ALL ON FUNCTION breath.revoke_api_key FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.revoke_api_key TO breath_auth;
