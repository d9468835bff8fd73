-- The totals of a day, of all devices, by key, whatever the planner believes (docs/decisions/0021).
CREATE OR REPLACE FUNCTION breath.days_on(p_account uuid, p_date date) RETURNS SETOF breath.day_totals
LANGUAGE sql STABLE
AS $$
  SELECT * FROM breath.day_totals t
  WHERE t.account_id = p_account AND t.local_date BETWEEN p_date AND p_date
  ORDER BY t.local_date
$$;
REVOKE ALL ON FUNCTION breath.days_on FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.days_on TO breath_merge, breath_sync;
