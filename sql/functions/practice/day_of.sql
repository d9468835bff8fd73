-- A device's total of a day, by its key, whatever the planner believes (docs/decisions/0021).
CREATE OR REPLACE FUNCTION breath.day_of(p_account uuid, p_date date, p_device uuid) RETURNS SETOF breath.day_totals
LANGUAGE sql STABLE
AS $$
  SELECT * FROM breath.day_totals t
  WHERE t.account_id = p_account AND t.local_date BETWEEN p_date AND p_date AND t.device_id = p_device
  ORDER BY t.local_date LIMIT 1
$$;
REVOKE ALL ON FUNCTION breath.day_of FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.day_of TO breath_merge, breath_sync;
