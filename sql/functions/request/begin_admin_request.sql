-- As begin_request, for what is an administrator's alone: since when the caller is one, with a second factor on; NULL
-- for anybody else. With its owner's rights, so that the function itself reads no account; row-level security binds
-- these too.
CREATE OR REPLACE FUNCTION breath.begin_admin_request(
  p_account uuid, p_device uuid, p_generation integer, p_limit_key bytea, p_interval_ms double precision,
  p_burst integer, OUT remaining integer, OUT reset_ms bigint, OUT admin_since timestamptz
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  SELECT r.remaining, r.reset_ms INTO remaining, reset_ms
  FROM breath.begin_request(p_account, p_device, p_generation, false, p_limit_key, p_interval_ms, p_burst) AS r;
  SELECT a.added_at INTO admin_since
  FROM breath.admins AS a JOIN breath.second_factors AS f ON f.account_id = a.account_id
  WHERE a.account_id = p_account AND f.confirmed_at IS NOT NULL;
END
$$;
REVOKE ALL ON FUNCTION breath.begin_admin_request FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.begin_admin_request TO breath_admin;
