-- All devices of an account but one.
CREATE OR REPLACE FUNCTION breath.other_devices(p_account uuid, p_device uuid) RETURNS uuid[]
LANGUAGE sql STABLE
AS $$
  SELECT array(
    SELECT d.device_id FROM breath.devices d WHERE d.account_id = p_account AND d.device_id IS DISTINCT FROM p_device)
$$;
REVOKE ALL ON FUNCTION breath.other_devices FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.other_devices TO breath_auth;
