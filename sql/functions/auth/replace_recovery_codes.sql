-- Replaces all recovery codes of an account by new ones.
CREATE OR REPLACE FUNCTION breath.replace_recovery_codes(p_account uuid, p_subject bytea, p_code_hashes bytea[])
RETURNS void
LANGUAGE sql
AS $$
  DELETE FROM breath.login_attempts WHERE subject = p_subject;
  DELETE FROM breath.recovery_codes WHERE account_id = p_account;
  INSERT INTO breath.recovery_codes (account_id, code_hash) SELECT p_account, unnest(p_code_hashes)
$$;
REVOKE ALL ON FUNCTION breath.replace_recovery_codes FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.replace_recovery_codes TO breath_auth;
