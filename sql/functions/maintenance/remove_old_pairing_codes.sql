SET LOCAL ROLE breath_maintenance;

-- Removes pairing codes that expired a day ago.
CREATE OR REPLACE FUNCTION breath.remove_old_pairing_codes(batch integer) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  WITH removed AS (
    DELETE FROM breath.pairing_codes WHERE code_hash = ANY (ARRAY(
      SELECT code_hash FROM breath.pairing_codes WHERE expires_at < now() - interval '1 day' LIMIT batch))
    RETURNING 1
  )
  SELECT count(*) FROM removed
$$;
REVOKE ALL ON FUNCTION breath.remove_old_pairing_codes FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.remove_old_pairing_codes TO breath_admin;
