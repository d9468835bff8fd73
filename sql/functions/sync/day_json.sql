-- A day total as JSON: the numbers that count and, where some are derived from sessions or twins take from a report,
-- those that were reported.
CREATE OR REPLACE FUNCTION breath.day_json(d breath.day_totals) RETURNS text
LANGUAGE sql STABLE
AS $$
  SELECT '{"date":"' || d.local_date || '","device":"' || d.device_id || '","sessions":' || d.sessions
    || ',"activeMs":' || d.active_ms || ',"cycles":' || d.cycles || ',"xp":' || d.xp
    || CASE WHEN greatest(
        d.derived_sessions, d.derived_active_ms, d.derived_cycles, d.derived_xp, d.twin_sessions, d.twin_active_ms,
        d.twin_cycles, d.twin_xp) > 0
      THEN ',"reported":{"sessions":' || d.reported_sessions || ',"activeMs":' || d.reported_active_ms
        || ',"cycles":' || d.reported_cycles || ',"xp":' || d.reported_xp || '}' ELSE '' END
    || '}'
$$;
REVOKE ALL ON FUNCTION breath.day_json FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.day_json TO breath_sync;
