-- The account's data key as it is stored: the one offered, unless there is one already.
CREATE OR REPLACE FUNCTION breath.account_key(p_account uuid, p_wrapped bytea, OUT wrapped bytea)
LANGUAGE plpgsql
AS $$
BEGIN
  INSERT INTO breath.account_keys (account_id, wrapped) VALUES (p_account, p_wrapped) ON CONFLICT DO NOTHING;
  SELECT k.wrapped INTO wrapped FROM breath.account_keys AS k WHERE k.account_id = p_account;
END
$$;
REVOKE ALL ON FUNCTION breath.account_key FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.account_key TO breath_auth;
