-- Stores day totals that a push reports of one device, with the sums and digest that follow from them, and a line in
-- the person's ledger. A report only ever grows: of two for one day each number keeps the larger, so that repeating a
-- push changes nothing. Answers those that were not stored: their indexes from 1, and why.
--
-- Must run after the prologue has taken the account's row in the same pipeline. No date comes twice.
--   p_caller: the device that pushes; p_device: the one whose days these are; p_marker: that device's last reset,
--   as the pusher knows it.
CREATE OR REPLACE FUNCTION breath.store_days(
  p_account uuid, p_caller uuid, p_device uuid, p_marker timestamptz, p_request_id text,
  p_dates date[], p_sessions bigint[], p_active_ms bigint[], p_cycles bigint[], p_xp bigint[]
) RETURNS TABLE (place integer, status text)
LANGUAGE plpgsql
AS $$
DECLARE
  head record;
  gain record;
  statuses text[];
BEGIN
  SELECT a.version, breath.room(a) AS room, breath.device_refusal(d, p_marker) AS refusal
  INTO head
  FROM breath.accounts a LEFT JOIN breath.devices d ON d.account_id = a.account_id AND d.device_id = p_device
  WHERE a.account_id = p_account;
  IF head.refusal IS NOT NULL THEN
    statuses := array_fill(head.refusal, ARRAY[cardinality(p_dates)]);
  ELSE
    WITH compared AS (
      -- What was reported before is NULL for a new day; one that has only sessions yet is a new record all the same.
      SELECT i.*, t.reported_sessions, t.reported_active_ms, t.reported_cycles, t.reported_xp, t.hash_high, t.hash_low,
        coalesce(greatest(t.reported_sessions, t.reported_active_ms, t.reported_cycles, t.reported_xp), 0) = 0
          AND greatest(i.sessions, i.active_ms, i.cycles, i.xp) > 0 AS is_new,
        CASE
          WHEN i.sessions <= t.reported_sessions AND i.active_ms <= t.reported_active_ms
            AND i.cycles <= t.reported_cycles AND i.xp <= t.reported_xp THEN 'duplicate' END AS known
      FROM unnest(p_dates, p_sessions, p_active_ms, p_cycles, p_xp) WITH ORDINALITY
        AS i (local_date, sessions, active_ms, cycles, xp, place)
      LEFT JOIN LATERAL breath.day_of(p_account, i.local_date, p_device) AS t ON true
    ), judged AS (
      SELECT c.*, coalesce(c.known, CASE
          WHEN c.is_new
            AND count(*) FILTER (WHERE c.is_new AND c.known IS NULL) OVER (ORDER BY c.place) > head.room
          THEN 'account_full' END) AS status
      FROM compared c
    ), grown AS (
      SELECT j.*, row_number() OVER (ORDER BY j.place) AS position FROM judged j WHERE j.status IS NULL
    ), days AS (
      INSERT INTO breath.day_totals AS t (
        account_id, local_date, device_id, version, reported_sessions, reported_active_ms, reported_cycles,
        reported_xp)
      SELECT p_account, g.local_date, p_device, head.version + g.position, g.sessions, g.active_ms, g.cycles, g.xp
      FROM grown g
      ON CONFLICT (account_id, local_date, device_id) DO UPDATE SET
        version = excluded.version,
        reported_sessions = greatest(t.reported_sessions, excluded.reported_sessions),
        reported_active_ms = greatest(t.reported_active_ms, excluded.reported_active_ms),
        reported_cycles = greatest(t.reported_cycles, excluded.reported_cycles),
        reported_xp = greatest(t.reported_xp, excluded.reported_xp)
      RETURNING t.*
    )
    -- The sums follow from what a day counts now and what it counted before; the digest loses the hash of the numbers
    -- before and gets the one of those now, which a trigger keeps with the day.
    SELECT (SELECT array_agg(j.status ORDER BY j.place) FROM judged j) AS statuses, max(t.version) AS version,
      coalesce(range_agg(daterange(t.local_date, t.local_date, '[]')) FILTER (WHERE t.sessions > 0), '{}') AS dates,
      count(*) FILTER (WHERE g.is_new) AS records, bit_xor(t.hash_high # coalesce(g.hash_high, 0)) AS high,
      bit_xor(t.hash_low # coalesce(g.hash_low, 0)) AS low,
      sum(t.sessions - greatest(g.reported_sessions - t.twin_sessions, t.derived_sessions))::bigint AS sessions,
      sum(t.active_ms - greatest(g.reported_active_ms - t.twin_active_ms, t.derived_active_ms))::bigint AS active_ms,
      sum(t.cycles - greatest(g.reported_cycles - t.twin_cycles, t.derived_cycles))::bigint AS cycles,
      sum(t.xp - greatest(g.reported_xp - t.twin_xp, t.derived_xp))::bigint AS xp
    INTO gain
    FROM days t JOIN grown g USING (local_date);
    statuses := gain.statuses;
    IF gain.version IS NOT NULL THEN
      UPDATE breath.devices d SET
        sessions = d.sessions + gain.sessions, active_ms = d.active_ms + gain.active_ms,
        cycles = d.cycles + gain.cycles, xp = d.xp + gain.xp, rows_version = gain.version,
        digest_count = d.digest_count + gain.records, digest_high = d.digest_high # gain.high,
        digest_low = d.digest_low # gain.low
      WHERE d.account_id = p_account AND d.device_id = p_device;
      UPDATE breath.accounts a SET
        version = gain.version, practised = a.practised + gain.dates, kept = a.kept + gain.records,
        digest_count = a.digest_count + gain.records, digest_high = a.digest_high # gain.high,
        digest_low = a.digest_low # gain.low
      WHERE a.account_id = p_account;
    END IF;
  END IF;
  PERFORM breath.note_push(p_account, p_caller, p_request_id, 'days', p_dates::text[], statuses, NULL);
  RETURN QUERY
    SELECT j.place::integer, j.status FROM unnest(statuses) WITH ORDINALITY AS j (status, place)
    WHERE j.status IS NOT NULL ORDER BY j.place;
END
$$;
REVOKE ALL ON FUNCTION breath.store_days FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.store_days TO breath_sync;
