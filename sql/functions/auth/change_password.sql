-- Sets the password for who proved to be the owner: by the password that is compared here once more, or by a recovery
-- code, which is used up.
CREATE OR REPLACE FUNCTION breath.change_password(
  p_account uuid, p_device uuid, p_subject bytea, p_proven_hash text, p_code_hash bytea, p_password_hash text,
  p_mail uuid,
  p_wrapped_key bytea, p_payload bytea, OUT is_done boolean
)
LANGUAGE plpgsql
AS $$
DECLARE
  current_hash text := (SELECT l.password_hash FROM breath.logins AS l WHERE l.account_id = p_account);
BEGIN
  is_done := current_hash = p_password_hash;
  IF is_done THEN
    RETURN;
  END IF;
  IF p_code_hash IS NULL THEN
    is_done := coalesce(current_hash = p_proven_hash, false);
  ELSE
    UPDATE breath.recovery_codes AS c SET used_at = now()
    WHERE c.account_id = p_account AND c.code_hash = p_code_hash AND c.used_at IS NULL AND current_hash IS NOT NULL;
    is_done := FOUND;
  END IF;
  IF is_done THEN
    PERFORM breath.set_password(p_account, p_device, p_password_hash, p_mail, p_wrapped_key, p_payload);
    DELETE FROM breath.login_attempts WHERE subject = p_subject;
  END IF;
END
$$;
REVOKE ALL ON FUNCTION breath.change_password FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.change_password TO breath_auth;
