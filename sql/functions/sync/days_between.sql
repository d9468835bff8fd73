-- A device's day totals with versions after `p_start` and up to `p_end`, in the order of the index that has them.
CREATE OR REPLACE FUNCTION breath.days_between(p_account uuid, p_device uuid, p_start bigint, p_end bigint)
RETURNS SETOF breath.day_totals
LANGUAGE sql STABLE
AS $$
  SELECT * FROM breath.day_totals t
  WHERE t.account_id = p_account AND t.device_id = p_device AND t.version > p_start AND t.version <= p_end
  ORDER BY t.version
$$;
REVOKE ALL ON FUNCTION breath.days_between FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.days_between TO breath_sync;
