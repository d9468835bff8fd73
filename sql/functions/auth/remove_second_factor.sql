-- Turns a second factor off, in a pipeline that holds the account. Nobody may repeat this code: without the factor
-- there is nothing to repeat.
CREATE OR REPLACE FUNCTION breath.remove_second_factor(
  p_account uuid, p_subject bytea, p_secret bytea, p_step bigint, p_code_hash bytea, OUT is_done boolean
)
LANGUAGE plpgsql
AS $$
BEGIN
  is_done := breath.use_second_factor(p_account, NULL, p_secret, p_step, p_code_hash);
  IF is_done THEN
    DELETE FROM breath.second_factors AS f WHERE f.account_id = p_account;
    DELETE FROM breath.login_attempts WHERE subject = p_subject;
  END IF;
END
$$;
REVOKE ALL ON FUNCTION breath.remove_second_factor FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.remove_second_factor TO breath_auth;
