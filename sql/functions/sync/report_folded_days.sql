-- Carries folded days of a device over to their totals: a fold is a report that only grows (docs/sync.md).
CREATE OR REPLACE FUNCTION breath.report_folded_days(p_account uuid, p_device uuid, p_dates date[]) RETURNS void
LANGUAGE sql
AS $$
  WITH grown AS (
    SELECT f.local_date, cardinality(f.session_keys)::bigint AS sessions, f.active_ms, f.cycles, f.xp,
      coalesce(t.reported_sessions, 0) AS old_sessions, coalesce(t.reported_active_ms, 0) AS old_active_ms,
      coalesce(t.reported_cycles, 0) AS old_cycles, coalesce(t.reported_xp, 0) AS old_xp,
      coalesce(t.hash_high, 0) AS old_high, coalesce(t.hash_low, 0) AS old_low,
      row_number() OVER (ORDER BY f.local_date) AS place
    FROM breath.folded_days f
    LEFT JOIN LATERAL breath.day_of(f.account_id, f.local_date, f.device_id) AS t ON true
    WHERE f.account_id = p_account AND f.device_id = p_device AND f.local_date = ANY (p_dates)
      AND (cardinality(f.session_keys) > coalesce(t.reported_sessions, 0)
        OR f.active_ms > coalesce(t.reported_active_ms, 0) OR f.cycles > coalesce(t.reported_cycles, 0)
        OR f.xp > coalesce(t.reported_xp, 0))
  ), days AS (
    INSERT INTO breath.day_totals AS t (
      account_id, local_date, device_id, version, reported_sessions, reported_active_ms, reported_cycles, reported_xp)
    SELECT p_account, g.local_date, p_device, a.version + g.place, g.sessions, g.active_ms, g.cycles, g.xp
    FROM grown g JOIN breath.accounts a ON a.account_id = p_account
    ON CONFLICT (account_id, local_date, device_id) DO UPDATE SET
      version = excluded.version,
      reported_sessions = greatest(t.reported_sessions, excluded.reported_sessions),
      reported_active_ms = greatest(t.reported_active_ms, excluded.reported_active_ms),
      reported_cycles = greatest(t.reported_cycles, excluded.reported_cycles),
      reported_xp = greatest(t.reported_xp, excluded.reported_xp)
    RETURNING t.*
  ), change AS (
    SELECT max(t.version) AS version,
      coalesce(range_agg(daterange(t.local_date, t.local_date, '[]')) FILTER (WHERE t.sessions > 0), '{}') AS dates,
      sum(t.sessions - greatest(g.old_sessions - t.twin_sessions, t.derived_sessions))::bigint AS sessions,
      sum(t.active_ms - greatest(g.old_active_ms - t.twin_active_ms, t.derived_active_ms))::bigint AS active_ms,
      sum(t.cycles - greatest(g.old_cycles - t.twin_cycles, t.derived_cycles))::bigint AS cycles,
      sum(t.xp - greatest(g.old_xp - t.twin_xp, t.derived_xp))::bigint AS xp,
      count(*) FILTER (WHERE greatest(g.old_sessions, g.old_active_ms, g.old_cycles, g.old_xp) = 0) AS records,
      bit_xor(t.hash_high # g.old_high) AS high, bit_xor(t.hash_low # g.old_low) AS low
    FROM days t JOIN grown g USING (local_date)
  ), device AS (
    UPDATE breath.devices d SET sessions = d.sessions + c.sessions, active_ms = d.active_ms + c.active_ms,
      cycles = d.cycles + c.cycles, xp = d.xp + c.xp, rows_version = c.version,
      digest_count = d.digest_count + c.records, digest_high = d.digest_high # c.high,
      digest_low = d.digest_low # c.low
    FROM change c
    WHERE d.account_id = p_account AND d.device_id = p_device AND c.version IS NOT NULL
  )
  UPDATE breath.accounts a SET version = c.version, practised = a.practised + c.dates, kept = a.kept + c.records,
    digest_count = a.digest_count + c.records, digest_high = a.digest_high # c.high, digest_low = a.digest_low # c.low
  FROM change c
  WHERE a.account_id = p_account AND c.version IS NOT NULL
$$;
REVOKE ALL ON FUNCTION breath.report_folded_days FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.report_folded_days TO breath_sync;
