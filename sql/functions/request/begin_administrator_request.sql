-- As begin_token_request, for what is an administrator's alone: refuses (BM40A) whoever is none, or is one without a
-- second factor on. With its owner's rights, so that the function itself reads no account; row-level security binds
-- these too.
CREATE OR REPLACE FUNCTION breath.begin_administrator_request(
  p_tenant uuid, p_account uuid, p_device uuid, p_generation integer, p_writes boolean, p_limit_key bytea,
  p_interval_ms double precision, p_burst integer, OUT remaining integer, OUT reset_ms bigint
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  SELECT r.remaining, r.reset_ms INTO remaining, reset_ms
  FROM breath.begin_token_request(
    p_tenant, p_account, p_device, p_generation, p_writes, p_limit_key, p_interval_ms, p_burst) AS r;
  IF breath.admin_since(p_account) IS NULL THEN
    RAISE EXCEPTION 'not an administrator' USING ERRCODE = 'BM40A';
  END IF;
END
$$;
REVOKE ALL ON FUNCTION breath.begin_administrator_request FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.begin_administrator_request TO breath_admin;
