-- Settles the derived numbers and twins of these days of devices, anew and only where they differ, with the sums of the
-- devices and the dates practised. The caller holds the account's row.
CREATE OR REPLACE FUNCTION breath.settle_derived(p_account uuid, p_devices uuid[], p_dates date[]) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  head bigint := (SELECT a.version FROM breath.accounts a WHERE a.account_id = p_account);
  written bigint;
  gained_dates date[];
  emptied_dates date[];
BEGIN
  WITH derived AS (
    SELECT p.device_id, p.local_date, s.*
    FROM (SELECT DISTINCT * FROM unnest(p_devices, p_dates)) AS p (device_id, local_date)
    CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE t.counts) AS sessions, count(*) FILTER (WHERE NOT t.counts) AS twin_sessions,
        coalesce(sum(t.counted_ms) FILTER (WHERE t.counts), 0)::bigint AS active_ms,
        coalesce(sum(t.counted_ms) FILTER (WHERE NOT t.counts), 0)::bigint AS twin_active_ms,
        coalesce(sum(t.cycles) FILTER (WHERE t.counts), 0)::bigint AS cycles,
        coalesce(sum(t.cycles) FILTER (WHERE NOT t.counts), 0)::bigint AS twin_cycles,
        coalesce(sum(t.xp) FILTER (WHERE t.counts), 0)::bigint AS xp,
        coalesce(sum(t.xp) FILTER (WHERE NOT t.counts), 0)::bigint AS twin_xp
      FROM (
        -- Ordered, and without an end, so that this index is taken (docs/decisions/0021).
        SELECT * FROM breath.sessions r
        WHERE r.account_id = p_account AND r.local_date = p.local_date AND r.device_id = p.device_id
          AND r.started_at > '-infinity'
        ORDER BY r.started_at
      ) AS t
    ) AS s
  ), differing AS (
    SELECT d.*, row_number() OVER (ORDER BY d.local_date, d.device_id) AS place, t.sessions AS sessions_before,
      t.active_ms AS active_ms_before, t.cycles AS cycles_before, t.xp AS xp_before,
      t.twin_active_ms AS twin_active_ms_before, t.twin_xp AS twin_xp_before
    FROM derived d
    LEFT JOIN LATERAL breath.day_of(p_account, d.local_date, d.device_id) AS t ON true
    WHERE (d.sessions, d.active_ms, d.cycles, d.xp, d.twin_sessions, d.twin_active_ms, d.twin_cycles, d.twin_xp)
      IS DISTINCT FROM (
        coalesce(t.derived_sessions, 0), coalesce(t.derived_active_ms, 0), coalesce(t.derived_cycles, 0),
        coalesce(t.derived_xp, 0), coalesce(t.twin_sessions, 0), coalesce(t.twin_active_ms, 0),
        coalesce(t.twin_cycles, 0), coalesce(t.twin_xp, 0))
  ), days AS (
    INSERT INTO breath.day_totals AS t (
      account_id, local_date, device_id, version, derived_sessions, derived_active_ms, derived_cycles, derived_xp,
      twin_sessions, twin_active_ms, twin_cycles, twin_xp)
    SELECT p_account, d.local_date, d.device_id, head + d.place, d.sessions, d.active_ms, d.cycles, d.xp,
      d.twin_sessions, d.twin_active_ms, d.twin_cycles, d.twin_xp
    FROM differing d
    ON CONFLICT (account_id, local_date, device_id) DO UPDATE SET version = excluded.version,
      derived_sessions = excluded.derived_sessions, derived_active_ms = excluded.derived_active_ms,
      derived_cycles = excluded.derived_cycles, derived_xp = excluded.derived_xp,
      twin_sessions = excluded.twin_sessions, twin_active_ms = excluded.twin_active_ms,
      twin_cycles = excluded.twin_cycles, twin_xp = excluded.twin_xp
    RETURNING t.*
  ), devices AS (
    UPDATE breath.devices d SET
      sessions = d.sessions + c.sessions, active_ms = d.active_ms + c.active_ms, cycles = d.cycles + c.cycles,
      xp = d.xp + c.xp, twin_active_ms = d.twin_active_ms + c.twin_active_ms, twin_xp = d.twin_xp + c.twin_xp,
      rows_version = c.version
    FROM (
      SELECT n.device_id, max(n.version) AS version, sum(n.sessions - coalesce(o.sessions_before, 0)) AS sessions,
        sum(n.active_ms - coalesce(o.active_ms_before, 0)) AS active_ms,
        sum(n.cycles - coalesce(o.cycles_before, 0)) AS cycles, sum(n.xp - coalesce(o.xp_before, 0)) AS xp,
        sum(n.twin_active_ms - coalesce(o.twin_active_ms_before, 0)) AS twin_active_ms,
        sum(n.twin_xp - coalesce(o.twin_xp_before, 0)) AS twin_xp
      FROM days n JOIN differing o USING (device_id, local_date)
      GROUP BY n.device_id
    ) AS c
    WHERE d.account_id = p_account AND d.device_id = c.device_id
  )
  SELECT count(*), array_agg(d.local_date) FILTER (WHERE d.sessions > 0),
    array_agg(d.local_date) FILTER (WHERE d.sessions = 0)
  INTO written, gained_dates, emptied_dates FROM days d;
  UPDATE breath.accounts a SET version = head + written,
    practised = breath.practised_after(p_account, gained_dates, emptied_dates)
  WHERE a.account_id = p_account AND written > 0;
END
$$;
REVOKE ALL ON FUNCTION breath.settle_derived FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.settle_derived TO breath_merge, breath_sync;
