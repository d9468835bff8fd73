-- Since when an account is an administrator's, with a second factor on; NULL for any other. With its owner's rights, so
-- that the function itself reads no account; row-level security binds these too.
CREATE OR REPLACE FUNCTION breath.admin_since(p_account uuid) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT a.added_at
  FROM breath.admins AS a JOIN breath.second_factors AS f ON f.account_id = a.account_id
  WHERE a.account_id = p_account AND f.confirmed_at IS NOT NULL
$$;
REVOKE ALL ON FUNCTION breath.admin_since FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.admin_since TO breath_admin;
