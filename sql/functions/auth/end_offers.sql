-- Ends what devices left behind that would let somebody in later, such as pairing codes and approvals: each is worth
-- what its maker's session is worth. The caller holds the account's row, as whoever redeems one does (lock_pairing,
-- poll_device_grant).
CREATE OR REPLACE FUNCTION breath.end_offers(p_account uuid, p_devices uuid[]) RETURNS void
LANGUAGE sql
AS $$
  DELETE FROM breath.pairing_codes
  WHERE account_id = p_account AND device_id = ANY (p_devices) AND redeemed_at IS NULL;
  UPDATE breath.device_grants SET decision = 'deny'
  WHERE account_id = p_account AND decided_by = ANY (p_devices) AND decision = 'approve' AND redeemed_at IS NULL;
  DELETE FROM breath.sign_ins WHERE device_id = ANY (p_devices);
  DELETE FROM breath.email_claims
  WHERE account_id = p_account AND (made_by IS NULL OR made_by = ANY (p_devices));
  DELETE FROM breath.password_resets WHERE account_id = p_account
$$;
REVOKE ALL ON FUNCTION breath.end_offers FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.end_offers TO breath_auth;
