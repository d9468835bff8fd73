-- Confirms an address by its mailed token, in the account that asked for it: 'confirmed', 'taken' when another account
-- was faster, or 'invalid'.
CREATE OR REPLACE FUNCTION breath.confirm_address(p_account uuid, p_token_hash bytea, OUT outcome text)
LANGUAGE plpgsql
AS $$
DECLARE
  claim breath.email_claims;
BEGIN
  IF EXISTS (SELECT FROM breath.logins AS l WHERE l.account_id = p_account AND l.confirmed_by = p_token_hash) THEN
    outcome := 'confirmed';
    RETURN;
  END IF;
  DELETE FROM breath.email_claims AS c
  WHERE c.account_id = p_account AND c.token_hash = p_token_hash AND c.expires_at > now()
  RETURNING * INTO claim;
  IF NOT FOUND THEN
    outcome := 'invalid';
    RETURN;
  END IF;
  INSERT INTO breath.login_addresses (email_index, account_id) VALUES (claim.email_index, p_account)
  ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN
    outcome := 'taken';
    RETURN;
  END IF;
  INSERT INTO breath.logins (account_id, email, password_hash, confirmed_by)
  VALUES (p_account, claim.email, claim.password_hash, p_token_hash);
  outcome := 'confirmed';
END
$$;
REVOKE ALL ON FUNCTION breath.confirm_address FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.confirm_address TO breath_auth;
