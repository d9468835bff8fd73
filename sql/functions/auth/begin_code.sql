-- Begins the check of a second factor's code after its password was right: forgets the count of wrong passwords, and
-- counts the code before it is compared.
--   p_kind: 'totp' or 'recovery'.
--   p_password_subject: NULL at a sign-in, where only both together take the count back (complete_login).
CREATE OR REPLACE FUNCTION breath.begin_code(
  p_account uuid, p_kind text, p_password_subject bytea, OUT is_locked boolean, OUT failures integer
)
LANGUAGE plpgsql
AS $$
BEGIN
  DELETE FROM breath.login_attempts WHERE subject = p_password_subject;
  is_locked := breath.count_attempt(breath.code_subject(p_account, p_kind));
  SELECT t.failures INTO failures
  FROM breath.login_attempts AS t WHERE t.subject = breath.code_subject(p_account, p_kind);
END
$$;
REVOKE ALL ON FUNCTION breath.begin_code FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.begin_code TO breath_auth;
