-- Revokes machines, and leaves the keys that they made. As it once was; planted by IdentityHistoryTests.
CREATE OR REPLACE FUNCTION breath.revoke_devices(p_account uuid, p_devices uuid[]) RETURNS bigint
LANGUAGE sql
AS $$
  SELECT breath.end_sessions(p_account, p_devices, 'revoked');
  WITH head AS (
    SELECT a.version FROM breath.accounts a WHERE a.account_id = p_account
  ), revoked AS (
    UPDATE breath.devices d SET revoked_at = now(), version = head.version + n.place
    FROM head, (
      SELECT device_id, row_number() OVER (ORDER BY device_id) AS place FROM breath.devices
      WHERE account_id = p_account AND device_id = ANY (p_devices) AND revoked_at IS NULL
    ) AS n
    WHERE d.account_id = p_account AND d.device_id = n.device_id
    RETURNING 1
  ), moved AS (
    UPDATE breath.accounts SET version = version + (SELECT count(*) FROM revoked)
    WHERE account_id = p_account AND EXISTS (SELECT FROM revoked)
  )
  SELECT count(*) FROM revoked
$$;
