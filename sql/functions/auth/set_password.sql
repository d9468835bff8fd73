-- Sets a password. Whoever does that means to be alone with the account: the sessions of all other devices end, what
-- any machine left behind ends, the caller's too, whose token may be what was stolen; so do all keys, every other way
-- to set a password, and a second factor that was offered and never confirmed. What was counted was of the old
-- password. The owner is told.
CREATE OR REPLACE FUNCTION breath.set_password(
  p_account uuid, p_device uuid, p_password_hash text, p_mail uuid, p_wrapped_key bytea, p_payload bytea
) RETURNS void
LANGUAGE sql
AS $$
  UPDATE breath.logins SET password_hash = p_password_hash, password_changed_at = now() WHERE account_id = p_account;
  SELECT breath.end_sessions(p_account, breath.other_devices(p_account, p_device), 'password');
  SELECT breath.end_offers(p_account, breath.other_devices(p_account, NULL));
  SELECT breath.revoke_devices(p_account, breath.keys_of(p_account, NULL));
  DELETE FROM breath.second_factors WHERE account_id = p_account AND confirmed_at IS NULL;
  DELETE FROM breath.login_attempts WHERE subject = (
    SELECT a.email_index FROM breath.login_addresses a WHERE a.account_id = p_account);
  SELECT breath.tell_owner(p_account, 'password_changed', p_mail, p_wrapped_key, p_payload)
$$;
REVOKE ALL ON FUNCTION breath.set_password FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.set_password TO breath_auth;
