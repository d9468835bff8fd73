-- An account's tombstones with versions after `p_start` and up to `p_end`, in the order of the index that has them.
CREATE OR REPLACE FUNCTION breath.tombstones_between(p_account uuid, p_start bigint, p_end bigint)
RETURNS SETOF breath.tombstones
LANGUAGE sql STABLE
AS $$
  SELECT * FROM breath.tombstones t
  WHERE t.account_id = p_account AND t.version > p_start AND t.version <= p_end
  ORDER BY t.version
$$;
REVOKE ALL ON FUNCTION breath.tombstones_between FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.tombstones_between TO breath_sync;
