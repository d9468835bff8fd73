-- The versions of all rows of these devices, in order. A row's place among them is its place among what moves:
-- `width_bucket` finds it by halving, and `(SELECT versions)` hands it the array once and not once a row.
CREATE OR REPLACE FUNCTION breath.versions_of(p_account uuid, p_devices uuid[]) RETURNS bigint[]
LANGUAGE sql STABLE
AS $$
  SELECT coalesce(array_agg(r.version ORDER BY r.version), '{}')
  FROM (
    SELECT version FROM breath.devices WHERE account_id = p_account AND device_id = ANY (p_devices)
    UNION
    SELECT version FROM breath.sessions WHERE account_id = p_account AND device_id = ANY (p_devices)
    UNION
    SELECT version FROM breath.day_totals WHERE account_id = p_account AND device_id = ANY (p_devices)
    UNION
    SELECT version FROM breath.tombstones WHERE account_id = p_account AND device_id = ANY (p_devices)
    UNION
    SELECT version FROM breath.settings WHERE account_id = p_account AND device_id = ANY (p_devices)
  ) AS r
$$;
REVOKE ALL ON FUNCTION breath.versions_of FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.versions_of TO breath_merge;
