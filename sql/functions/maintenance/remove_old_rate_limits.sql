SET LOCAL ROLE breath_maintenance;

-- Removes buckets that have long been full, and due times of a clock that was ahead: no limit has a window of more than
-- an hour, and a bucket of bytes that is gone is a full one.
CREATE OR REPLACE FUNCTION breath.remove_old_rate_limits(batch integer) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  WITH removed AS (
    DELETE FROM breath.rate_limits WHERE key = ANY (ARRAY(
      SELECT key FROM breath.rate_limits
      WHERE theoretical_arrival NOT BETWEEN now() - interval '1 day' AND now() + interval '2 hours'
      LIMIT batch))
    RETURNING 1
  )
  SELECT count(*) FROM removed
$$;
REVOKE ALL ON FUNCTION breath.remove_old_rate_limits FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.remove_old_rate_limits TO breath_admin;
