-- Requests the mail that resets a password. Counted by address, so that nobody's mailbox is filled; the count is
-- written whether there is such an account or not.
CREATE OR REPLACE FUNCTION breath.request_reset(
  p_subject bytea, p_email_index bytea, p_token_hash bytea, p_expires_at timestamptz, p_mail uuid, p_wrapped_key bytea,
  p_payload bytea
) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  is_locked boolean := breath.count_attempt(p_subject);
  account uuid := breath.enter_by_address(p_email_index);
BEGIN
  IF is_locked OR account IS NULL THEN
    RETURN;
  END IF;
  INSERT INTO breath.password_resets (account_id, token_hash, expires_at) VALUES (account, p_token_hash, p_expires_at)
  ON CONFLICT (account_id) DO UPDATE SET token_hash = excluded.token_hash, expires_at = excluded.expires_at;
  INSERT INTO breath.outbox (account_id, mail_id, kind, wrapped_key, payload, expires_at)
  VALUES (account, p_mail, 'reset_password', p_wrapped_key, p_payload, p_expires_at)
  ON CONFLICT DO NOTHING;
END
$$;
REVOKE ALL ON FUNCTION breath.request_reset FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.request_reset TO breath_auth;
