-- The API keys of an account that still open something; each is a device of its own.
CREATE OR REPLACE FUNCTION breath.keys_of(p_account uuid, p_makers uuid[]) RETURNS uuid[]
LANGUAGE sql STABLE
AS $$
  SELECT array(
    SELECT k.device_id FROM breath.api_keys k JOIN breath.devices d USING (account_id, device_id)
    WHERE k.account_id = p_account AND d.revoked_at IS NULL AND (p_makers IS NULL OR k.made_by = ANY (p_makers)))
$$;
REVOKE ALL ON FUNCTION breath.keys_of FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.keys_of TO breath_auth;
