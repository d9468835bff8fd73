-- Unites the day totals of a device that two accounts know. Each reported number keeps the larger; what is derived
-- follows from the sessions, which are together by then.
CREATE OR REPLACE FUNCTION breath.unite_days(
  p_source uuid, p_target uuid, p_device uuid, p_head bigint, p_versions bigint[]
) RETURNS void
LANGUAGE sql
AS $$
  INSERT INTO breath.day_totals AS t (
    account_id, local_date, device_id, version, reported_sessions, reported_active_ms, reported_cycles, reported_xp)
  SELECT p_target, s.local_date, p_device, p_head + width_bucket(s.version, (SELECT p_versions)), s.reported_sessions,
    s.reported_active_ms, s.reported_cycles, s.reported_xp
  FROM breath.day_totals s
  WHERE s.account_id = p_source AND s.device_id = p_device
  ON CONFLICT (account_id, local_date, device_id) DO UPDATE SET version = excluded.version,
    reported_sessions = greatest(t.reported_sessions, excluded.reported_sessions),
    reported_active_ms = greatest(t.reported_active_ms, excluded.reported_active_ms),
    reported_cycles = greatest(t.reported_cycles, excluded.reported_cycles),
    reported_xp = greatest(t.reported_xp, excluded.reported_xp);
  DELETE FROM breath.day_totals WHERE account_id = p_source AND device_id = p_device;
  UPDATE breath.day_totals t SET derived_sessions = s.sessions, derived_active_ms = s.active_ms,
    derived_cycles = s.cycles, derived_xp = s.xp
  FROM (
    SELECT local_date, count(*) AS sessions, sum(counted_ms)::bigint AS active_ms, sum(cycles)::bigint AS cycles,
      sum(xp)::bigint AS xp
    FROM breath.sessions
    WHERE account_id = p_target AND device_id = p_device
    GROUP BY local_date
  ) AS s
  WHERE t.account_id = p_target AND t.device_id = p_device AND t.local_date = s.local_date
$$;
REVOKE ALL ON FUNCTION breath.unite_days FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.unite_days TO breath_merge;
