-- Signs devices out for good: not even their secrets let them in. Keys go with the machine that made them. The others
-- hear of it, and what the devices practised stays.
CREATE OR REPLACE FUNCTION breath.revoke_devices(p_account uuid, p_devices uuid[]) RETURNS bigint
LANGUAGE sql
AS $$
  SELECT breath.renumber_account(a.account_id) FROM breath.accounts a
  WHERE a.account_id = p_account AND breath.is_at_end(a.version);
  SELECT breath.end_sessions(p_account, p_devices, 'revoked');
  WITH head AS (
    SELECT a.version FROM breath.accounts a WHERE a.account_id = p_account
  ), revoked AS (
    UPDATE breath.devices d SET revoked_at = now(), version = head.version + n.place
    FROM head, (
      SELECT device_id, row_number() OVER (ORDER BY device_id) AS place FROM breath.devices
      WHERE account_id = p_account AND device_id = ANY (p_devices || breath.keys_of(p_account, p_devices))
        AND revoked_at IS NULL
    ) AS n
    WHERE d.account_id = p_account AND d.device_id = n.device_id
    RETURNING 1
  ), moved AS (
    UPDATE breath.accounts SET version = version + (SELECT count(*) FROM revoked)
    WHERE account_id = p_account AND EXISTS (SELECT FROM revoked)
  )
  SELECT count(*) FROM revoked
$$;
REVOKE ALL ON FUNCTION breath.revoke_devices FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.revoke_devices TO breath_auth;
