-- Sets the password by a mailed token, once, and ends every session. The same hash again is the same call again.
CREATE OR REPLACE FUNCTION breath.reset_password(
  p_subject bytea, p_email_index bytea, p_token_hash bytea, p_password_hash text, p_mail uuid, p_wrapped_key bytea,
  p_payload bytea, OUT is_done boolean
)
LANGUAGE plpgsql
AS $$
DECLARE
  account uuid := breath.enter_by_address(p_email_index);
BEGIN
  PERFORM FROM breath.accounts AS a WHERE a.account_id = account FOR NO KEY UPDATE;
  is_done := EXISTS (
    SELECT FROM breath.logins AS l WHERE l.account_id = account AND l.password_hash = p_password_hash);
  IF is_done THEN
    RETURN;
  END IF;
  DELETE FROM breath.password_resets AS r
  WHERE r.account_id = account AND r.token_hash = p_token_hash AND r.expires_at > now();
  is_done := FOUND;
  IF is_done THEN
    PERFORM breath.set_password(account, NULL, p_password_hash, p_mail, p_wrapped_key, p_payload);
    DELETE FROM breath.login_attempts WHERE subject IN (p_subject, p_email_index);
  END IF;
END
$$;
REVOKE ALL ON FUNCTION breath.reset_password FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.reset_password TO breath_auth;
