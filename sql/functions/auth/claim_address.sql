-- Claims an address for an account. Does the same work whether somebody has the address or not: the mail that goes
-- there says which, and only the one that proves it holds the token.
CREATE OR REPLACE FUNCTION breath.claim_address(
  p_account uuid, p_device uuid, p_token_hash bytea, p_email_index bytea, p_email bytea, p_password_hash text,
  p_expires_at timestamptz, p_mail uuid, p_wrapped_key bytea, p_if_free bytea, p_if_taken bytea
) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  is_taken boolean := EXISTS (SELECT FROM breath.login_addresses AS a WHERE a.email_index = p_email_index);
BEGIN
  INSERT INTO breath.email_claims (account_id, token_hash, email_index, email, password_hash, expires_at, made_by)
  VALUES (p_account, p_token_hash, p_email_index, p_email, p_password_hash, p_expires_at, p_device)
  ON CONFLICT (account_id) DO UPDATE SET
    token_hash = excluded.token_hash, email_index = excluded.email_index, email = excluded.email,
    password_hash = excluded.password_hash, expires_at = excluded.expires_at, made_by = excluded.made_by;
  INSERT INTO breath.outbox (account_id, mail_id, kind, wrapped_key, payload, expires_at)
  VALUES (
    p_account, p_mail, CASE WHEN is_taken THEN 'address_taken' ELSE 'confirm_address' END, p_wrapped_key,
    CASE WHEN is_taken THEN p_if_taken ELSE p_if_free END, p_expires_at)
  ON CONFLICT DO NOTHING;
END
$$;
REVOKE ALL ON FUNCTION breath.claim_address FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.claim_address TO breath_auth;
