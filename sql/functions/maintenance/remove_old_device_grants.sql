SET LOCAL ROLE breath_maintenance;

-- Removes device grants that expired a day ago, and counts of wrong codes that are as old.
CREATE OR REPLACE FUNCTION breath.remove_old_device_grants(batch integer) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  WITH grants AS (
    DELETE FROM breath.device_grants WHERE device_code_hash = ANY (ARRAY(
      SELECT device_code_hash FROM breath.device_grants WHERE expires_at < now() - interval '1 day' LIMIT batch))
    RETURNING 1
  ), tries AS (
    DELETE FROM breath.wrong_codes WHERE subject = ANY (ARRAY(
      SELECT subject FROM breath.wrong_codes WHERE since < now() - interval '1 day' LIMIT batch))
    RETURNING 1
  )
  SELECT (SELECT count(*) FROM grants) + (SELECT count(*) FROM tries)
$$;
REVOKE ALL ON FUNCTION breath.remove_old_device_grants FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.remove_old_device_grants TO breath_admin;
