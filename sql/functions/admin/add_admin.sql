-- Makes an account an administrator's. It must have a password already: without one it could not be asked for, and an
-- anonymous account may be merged away.
CREATE OR REPLACE FUNCTION breath.add_admin(p_account uuid, OUT outcome text)
LANGUAGE plpgsql
AS $$
BEGIN
  PERFORM set_config('breath.account', p_account::text, true);
  PERFORM FROM breath.accounts AS a WHERE a.account_id = p_account FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    outcome := 'no account';
    RETURN;
  END IF;
  PERFORM FROM breath.logins AS l WHERE l.account_id = p_account;
  IF NOT FOUND THEN
    outcome := 'no login';
    RETURN;
  END IF;
  INSERT INTO breath.admins (account_id) VALUES (p_account) ON CONFLICT (account_id) DO NOTHING;
  outcome := CASE WHEN FOUND THEN 'added' ELSE 'unchanged' END;
END
$$;
REVOKE ALL ON FUNCTION breath.add_admin FROM PUBLIC;
