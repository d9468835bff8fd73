-- Renames a device under the account's next version, so that the others hear of it at their next sync; taking the version
-- takes the account's row. Answers the device as it then is, or nothing when the account has no such device, or it left.
CREATE OR REPLACE FUNCTION breath.rename_device(p_account uuid, p_device uuid, p_name text)
RETURNS SETOF breath.devices
LANGUAGE sql
AS $$
  WITH head AS (
    UPDATE breath.accounts a SET version = a.version + 1
    WHERE a.account_id = p_account AND EXISTS (
      SELECT FROM breath.devices d
      WHERE d.account_id = p_account AND d.device_id = p_device AND d.left_at IS NULL)
    RETURNING a.version
  )
  UPDATE breath.devices d SET name = p_name, version = head.version
  FROM head
  WHERE d.account_id = p_account AND d.device_id = p_device
  RETURNING d.*
$$;
REVOKE ALL ON FUNCTION breath.rename_device FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.rename_device TO breath_auth;
