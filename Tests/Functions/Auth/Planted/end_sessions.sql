-- Ends sessions, and leaves pairing codes and approvals behind. As it once was; planted by IdentityHistoryTests.
CREATE OR REPLACE FUNCTION breath.end_sessions(p_account uuid, p_devices uuid[], p_reason text) RETURNS void
LANGUAGE sql
AS $$
  UPDATE breath.refresh_sessions SET ended_at = now(), end_reason = p_reason
  WHERE account_id = p_account AND device_id = ANY (p_devices) AND ended_at IS NULL;
  UPDATE breath.devices SET token_generation = token_generation + 1
  WHERE account_id = p_account AND device_id = ANY (p_devices)
$$;
