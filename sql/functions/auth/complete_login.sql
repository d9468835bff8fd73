-- Lets a device join after the password was right, unless the password was changed meanwhile; then there is no tenant.
CREATE OR REPLACE FUNCTION breath.complete_login(
  p_account uuid, p_email_index bytea, p_password_hash text, p_stronger_hash text, p_device uuid, p_secret_hash bytea,
  p_name text, p_time_zone text, p_refresh_session uuid, p_factor bytea DEFAULT NULL, p_step bigint DEFAULT NULL,
  p_code_hash bytea DEFAULT NULL, OUT tenant uuid, OUT generation integer
)
LANGUAGE plpgsql
AS $$
BEGIN
  PERFORM set_config('breath.account', p_account::text, true);
  PERFORM FROM breath.accounts AS a WHERE a.account_id = p_account FOR NO KEY UPDATE;
  PERFORM FROM breath.logins AS l
  WHERE l.account_id = p_account AND l.password_hash IN (p_password_hash, p_stronger_hash);
  IF NOT FOUND OR NOT breath.use_second_factor(p_account, p_device, p_factor, p_step, p_code_hash) THEN
    RETURN;
  END IF;
  IF p_stronger_hash IS NOT NULL THEN
    UPDATE breath.logins AS l SET password_hash = p_stronger_hash WHERE l.account_id = p_account;
  END IF;
  DELETE FROM breath.login_attempts WHERE subject = p_email_index;
  SELECT j.tenant, j.generation INTO tenant, generation
  FROM breath.join_device(p_account, p_device, p_secret_hash, p_name, p_time_zone, p_refresh_session) AS j;
END
$$;
REVOKE ALL ON FUNCTION breath.complete_login FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.complete_login TO breath_auth;
