SET LOCAL ROLE breath_maintenance;

-- Removes sign-ins with a provider that expired a day ago.
CREATE OR REPLACE FUNCTION breath.remove_old_sign_ins(batch integer) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  WITH removed AS (
    DELETE FROM breath.sign_ins WHERE state_hash = ANY (ARRAY(
      SELECT state_hash FROM breath.sign_ins WHERE expires_at < now() - interval '1 day' LIMIT batch))
    RETURNING 1
  )
  SELECT count(*) FROM removed
$$;
REVOKE ALL ON FUNCTION breath.remove_old_sign_ins FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.remove_old_sign_ins TO breath_admin;
