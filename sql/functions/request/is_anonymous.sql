SET LOCAL ROLE breath_merge;

-- Whether nobody signs in to an account but its devices, so that whoever has one of them may give it up. Whatever else
-- lets a person in makes this false.
CREATE OR REPLACE FUNCTION breath.is_anonymous(p_account uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT NOT EXISTS (SELECT FROM breath.identities i WHERE i.account_id = p_account)
    AND NOT EXISTS (SELECT FROM breath.logins l WHERE l.account_id = p_account)
$$;
REVOKE ALL ON FUNCTION breath.is_anonymous FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.is_anonymous TO breath_auth, breath_sync;
