-- Takes the role of administrator from an account. Answers whether it had it.
CREATE OR REPLACE FUNCTION breath.remove_admin(p_account uuid, OUT is_done boolean)
LANGUAGE plpgsql
AS $$
BEGIN
  PERFORM set_config('breath.account', p_account::text, true);
  DELETE FROM breath.admins AS a WHERE a.account_id = p_account;
  is_done := FOUND;
END
$$;
REVOKE ALL ON FUNCTION breath.remove_admin FROM PUBLIC;
