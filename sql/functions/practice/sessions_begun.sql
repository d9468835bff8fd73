-- The sessions that began then, found by the index that views have, without one more: no zone and no day start is
-- farther than two days from the date in UTC, and nobody may name a date that is (`PushedSession`). The range of one
-- start makes the planner take that index, for its order, even when it knows nothing of the table.
CREATE OR REPLACE FUNCTION breath.sessions_begun(p_account uuid, p_start timestamptz) RETURNS SETOF breath.sessions
LANGUAGE sql STABLE
AS $$
  SELECT s.*
  FROM generate_series(-2, 2) AS d (days)
  CROSS JOIN LATERAL (
    SELECT * FROM breath.sessions t
    WHERE t.account_id = p_account AND t.local_date = (p_start AT TIME ZONE 'UTC')::date + d.days
      AND t.started_at BETWEEN p_start AND p_start
    ORDER BY t.started_at
  ) AS s
$$;
REVOKE ALL ON FUNCTION breath.sessions_begun FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.sessions_begun TO breath_merge, breath_sync;
