-- Whether an approved device grant still holds: the approver is signed in, the device is at home nowhere else, and
-- there is room.
CREATE OR REPLACE FUNCTION breath.may_be_granted(asked breath.device_grants) RETURNS boolean
LANGUAGE sql
AS $$
  SELECT EXISTS (
      SELECT FROM breath.devices d
      WHERE d.account_id = asked.account_id AND d.device_id = asked.decided_by AND d.revoked_at IS NULL)
    AND NOT EXISTS (
      SELECT FROM breath.device_credentials c
      WHERE c.device_id = asked.device_id
        AND (c.account_id, c.secret_hash) IS DISTINCT FROM (asked.account_id, asked.secret_hash))
    AND NOT EXISTS (
      SELECT FROM breath.devices d
      WHERE d.account_id = asked.account_id AND d.device_id = asked.device_id AND d.revoked_at IS NOT NULL
        AND d.left_at IS NULL)
    AND 100 > (
      SELECT count(*) FROM breath.devices d
      WHERE d.account_id = asked.account_id AND d.device_id <> asked.device_id AND d.left_at IS NULL)
$$;
REVOKE ALL ON FUNCTION breath.may_be_granted FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.may_be_granted TO breath_auth;
