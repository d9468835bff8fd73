-- Sets a password, and leaves keys and codes behind. As it once was; planted by IdentityHistoryTests.
CREATE OR REPLACE FUNCTION breath.set_password(
  p_account uuid, p_device uuid, p_password_hash text, p_mail uuid, p_wrapped_key bytea, p_payload bytea
) RETURNS void
LANGUAGE sql
AS $$
  UPDATE breath.logins SET password_hash = p_password_hash, password_changed_at = now() WHERE account_id = p_account;
  DELETE FROM breath.password_resets WHERE account_id = p_account;
  SELECT breath.end_sessions(p_account, breath.other_devices(p_account, p_device), 'password');
  INSERT INTO breath.outbox (account_id, mail_id, kind, wrapped_key, payload, expires_at)
  VALUES (p_account, p_mail, 'password_changed', p_wrapped_key, p_payload, now() + interval '7 days')
  ON CONFLICT DO NOTHING
$$;
