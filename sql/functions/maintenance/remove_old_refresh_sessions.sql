SET LOCAL ROLE breath_maintenance;

-- Removes refresh sessions 90 days after they ended or could be refreshed no more; until then they are recognised.
CREATE OR REPLACE FUNCTION breath.remove_old_refresh_sessions(batch integer) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  WITH removed AS (
    DELETE FROM breath.refresh_sessions WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM breath.refresh_sessions
      WHERE ended_at < now() - interval '90 days' OR rotated_at < now() - interval '120 days'
        OR created_at < now() - interval '270 days'
      LIMIT batch))
    RETURNING 1
  )
  SELECT count(*) FROM removed
$$;
REVOKE ALL ON FUNCTION breath.remove_old_refresh_sessions FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.remove_old_refresh_sessions TO breath_admin;
