SET LOCAL ROLE breath_maintenance;

-- Removes lines of the push ledger that are older than 30 days: it is for looking at what went wrong lately.
CREATE OR REPLACE FUNCTION breath.remove_old_pushes(batch integer) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  WITH removed AS (
    DELETE FROM breath.push_ledger WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM breath.push_ledger WHERE pushed_at < now() - interval '30 days' LIMIT batch))
    RETURNING 1
  )
  SELECT count(*) FROM removed
$$;
REVOKE ALL ON FUNCTION breath.remove_old_pushes FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.remove_old_pushes TO breath_admin;
