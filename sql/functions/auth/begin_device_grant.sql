-- Begins a device grant (RFC 8628). False when the user code is in use, which happens once in a billion; a secret other
-- than a known device's raises BM409.
CREATE OR REPLACE FUNCTION breath.begin_device_grant(
  p_device_code_hash bytea, p_user_code_hash bytea, p_client text, p_network text, p_device uuid, p_secret_hash bytea,
  p_name text, p_time_zone text, p_expires_at timestamptz
) RETURNS boolean
LANGUAGE plpgsql
AS $$
BEGIN
  IF EXISTS (
    SELECT FROM breath.device_credentials c WHERE c.device_id = p_device AND c.secret_hash <> p_secret_hash
  ) THEN
    RAISE EXCEPTION 'device exists' USING ERRCODE = 'BM409';
  END IF;
  INSERT INTO breath.device_grants (
    device_code_hash, user_code_hash, client, network, device_id, secret_hash, name, time_zone, expires_at)
  VALUES (
    p_device_code_hash, p_user_code_hash, p_client, p_network, p_device, p_secret_hash, p_name,
    breath.known_zone(p_time_zone), p_expires_at)
  ON CONFLICT ON CONSTRAINT device_grants_user_code DO NOTHING;
  RETURN FOUND;
END
$$;
REVOKE ALL ON FUNCTION breath.begin_device_grant FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.begin_device_grant TO breath_auth;
