SET LOCAL ROLE breath_merge;

-- Locks the rows of accounts, always in the same order, so that no two calls wait for one another.
CREATE OR REPLACE FUNCTION breath.lock_accounts(p_accounts uuid[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT FROM breath.accounts WHERE account_id = ANY (p_accounts) ORDER BY account_id FOR NO KEY UPDATE
$$;
REVOKE ALL ON FUNCTION breath.lock_accounts FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.lock_accounts TO breath_auth;
