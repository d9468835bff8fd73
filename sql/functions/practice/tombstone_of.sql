-- A tombstone, by its key, whatever the planner believes (docs/decisions/0021).
CREATE OR REPLACE FUNCTION breath.tombstone_of(p_account uuid, p_high bigint, p_low bigint)
RETURNS SETOF breath.tombstones
LANGUAGE sql STABLE
AS $$
  SELECT * FROM breath.tombstones t
  WHERE t.account_id = p_account AND t.hash_high = p_high AND t.hash_low BETWEEN p_low AND p_low
  ORDER BY t.hash_low LIMIT 1
$$;
REVOKE ALL ON FUNCTION breath.tombstone_of FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.tombstone_of TO breath_merge, breath_sync;
