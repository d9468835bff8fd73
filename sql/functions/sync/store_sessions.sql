-- Stores the sessions that a push brings of one device, with the day totals, sums and digest that follow from them, and
-- a line in the person's ledger. Answers those that were not stored: their indexes from 1, and why. A session that
-- another device of the account holds is stored as its twin and answered 'held_by_other_device'; that is looked for
-- only where another device has rows.
--
-- Must run after the prologue has taken the account's row in the same pipeline: then nobody else writes this account,
-- what is found is exact, and version order is commit order. An insert that yields to the primary key finds out what is
-- there already, so that the usual push looks nothing up. Sessions that are not stored leave gaps in the versions.
--   p_caller: the device that pushes; p_device: the one whose sessions these are; p_marker: that device's last reset,
--   as the pusher knows it; p_silent: a status that is not worth a line in the ledger when all have it.
CREATE OR REPLACE FUNCTION breath.store_sessions(
  p_account uuid, p_caller uuid, p_device uuid, p_marker timestamptz, p_request_id text, p_silent text,
  p_ids text[], p_started_at timestamptz[], p_local_dates date[], p_facts text[], p_counted_ms bigint[],
  p_cycles bigint[], p_xp bigint[], p_flags smallint[], p_hash_high bigint[], p_hash_low bigint[]
) RETURNS TABLE (place integer, status text)
LANGUAGE plpgsql
AS $$
DECLARE
  pushed CONSTANT integer := cardinality(p_ids);
  head record;
  gain record;
  statuses text[];
  -- Whether any may have to be stored as a twin.
  has_twins boolean := false;
BEGIN
  SELECT a.version, a.day_start_minutes * interval '1 minute' AS day_start,
    breath.usable_zone(d.time_zone) AS time_zone,
    coalesce(breath.device_refusal(d, p_marker), CASE WHEN a.detail <> 'sessions' THEN 'detail_is_days' END) AS refusal,
    EXISTS (SELECT FROM breath.tombstones t WHERE t.account_id = p_account) AS has_tombstones,
    breath.room(a) AS room,
    EXISTS (
      SELECT FROM breath.devices o
      WHERE o.account_id = p_account AND o.device_id <> p_device AND o.rows_version > 0) AS has_others
  INTO head
  FROM breath.accounts a LEFT JOIN breath.devices d ON d.account_id = a.account_id AND d.device_id = p_device
  WHERE a.account_id = p_account;
  IF head.refusal IS NOT NULL THEN
    statuses := array_fill(head.refusal, ARRAY[pushed]);
  ELSIF head.has_tombstones THEN
    SELECT array_agg(CASE WHEN b.account_id IS NOT NULL THEN 'tombstoned' END ORDER BY i.place) INTO statuses
    FROM unnest(p_ids) WITH ORDINALITY AS i (session_id, place)
    CROSS JOIN LATERAL breath.tombstone_hash(p_device, i.session_id) AS h
    LEFT JOIN LATERAL breath.tombstone_of(p_account, h.high, h.low) AS b ON true;
  END IF;

  IF head.has_others AND head.refusal IS NULL THEN
    statuses := breath.mark_twins(p_account, p_device, p_started_at, p_facts, statuses);
    has_twins := 'held_by_other_device' = ANY (statuses);
  END IF;

  IF head.room < pushed AND head.refusal IS NULL THEN
    statuses := breath.mark_full(p_account, p_device, head.room, p_ids, statuses);
  END IF;

  WITH stored AS (
    INSERT INTO breath.sessions (
      account_id, device_id, session_id, version, local_date, local_minute, started_at, facts, counted_ms, cycles, xp,
      flags, hash_high, hash_low)
    SELECT p_account, p_device, i.session_id, head.version + i.place,
      coalesce(i.local_date, (i.clock - head.day_start)::date),
      extract(hour FROM i.clock) * 60 + extract(minute FROM i.clock),
      i.started_at, i.facts, i.counted_ms, i.cycles, i.xp, i.flags, i.hash_high, i.hash_low
    FROM (
      SELECT u.*, u.started_at AT TIME ZONE head.time_zone AS clock
      FROM unnest(
        p_ids, p_started_at, p_local_dates, p_facts, p_counted_ms, p_cycles, p_xp, p_flags, p_hash_high, p_hash_low
      ) WITH ORDINALITY AS u (
        session_id, started_at, local_date, facts, counted_ms, cycles, xp, flags, hash_high, hash_low, place)
    ) AS i
    WHERE statuses[i.place] IS NULL
    ON CONFLICT (account_id, device_id, session_id) DO NOTHING
    RETURNING local_date, counted_ms, cycles, xp, hash_high, hash_low
  ), gained AS (
    SELECT s.local_date, count(*) AS sessions, sum(s.counted_ms)::bigint AS active_ms, sum(s.cycles)::bigint AS cycles,
      sum(s.xp)::bigint AS xp, bit_xor(s.hash_high) AS high, bit_xor(s.hash_low) AS low,
      row_number() OVER (ORDER BY s.local_date) AS place
    FROM stored s
    GROUP BY s.local_date
  ), days AS (
    INSERT INTO breath.day_totals AS t (
      account_id, local_date, device_id, version, derived_sessions, derived_active_ms, derived_cycles, derived_xp)
    SELECT p_account, g.local_date, p_device, head.version + pushed + g.place, g.sessions, g.active_ms, g.cycles, g.xp
    FROM gained g
    ON CONFLICT (account_id, local_date, device_id) DO UPDATE SET
      version = excluded.version,
      derived_sessions = t.derived_sessions + excluded.derived_sessions,
      derived_active_ms = t.derived_active_ms + excluded.derived_active_ms,
      derived_cycles = t.derived_cycles + excluded.derived_cycles,
      derived_xp = t.derived_xp + excluded.derived_xp
    RETURNING t.*
  )
  -- What a day counted before follows from what it counts now and what came in.
  SELECT coalesce(sum(g.sessions), 0)::integer AS stored, bit_xor(g.high) AS high, bit_xor(g.low) AS low,
    max(t.version) AS version, range_agg(daterange(t.local_date, t.local_date, '[]')) AS dates,
    array_agg(t.local_date) FILTER (WHERE t.twin_sessions > 0) AS twin_dates,
    sum(t.sessions - greatest(t.reported_sessions - t.twin_sessions, t.derived_sessions - g.sessions))::bigint
      AS sessions,
    sum(t.active_ms - greatest(t.reported_active_ms - t.twin_active_ms, t.derived_active_ms - g.active_ms))::bigint
      AS active_ms,
    sum(t.cycles - greatest(t.reported_cycles - t.twin_cycles, t.derived_cycles - g.cycles))::bigint AS cycles,
    sum(t.xp - greatest(t.reported_xp - t.twin_xp, t.derived_xp - g.xp))::bigint AS xp
  INTO gain
  FROM days t JOIN gained g USING (local_date);
  IF gain.stored > 0 THEN
    UPDATE breath.devices d SET
      sessions = d.sessions + gain.sessions, active_ms = d.active_ms + gain.active_ms,
      cycles = d.cycles + gain.cycles, xp = d.xp + gain.xp, rows_version = gain.version,
      digest_count = d.digest_count + gain.stored, digest_high = d.digest_high # gain.high,
      digest_low = d.digest_low # gain.low
    WHERE d.account_id = p_account AND d.device_id = p_device;
    UPDATE breath.accounts a SET
      version = gain.version, practised = a.practised + gain.dates, kept = a.kept + gain.stored,
      digest_count = a.digest_count + gain.stored, digest_high = a.digest_high # gain.high,
      digest_low = a.digest_low # gain.low
    WHERE a.account_id = p_account;
  END IF;

  -- Single sessions came back to days that kept the twins they had when those went.
  IF gain.twin_dates IS NOT NULL THEN
    PERFORM breath.settle_derived(
      p_account, array_fill(p_device, ARRAY[cardinality(gain.twin_dates)]), gain.twin_dates);
  END IF;
  IF has_twins THEN
    SELECT t.statuses INTO statuses
    FROM breath.store_twins(
      p_account, p_device, head.version, p_ids, p_started_at, p_local_dates, p_facts, p_counted_ms, p_cycles, p_xp,
      p_flags, p_hash_high, p_hash_low, statuses) AS t;
  END IF;

  IF gain.stored = pushed THEN
    PERFORM breath.note_push(p_account, p_caller, p_request_id, 'sessions', p_ids, NULL, NULL);
    RETURN;
  END IF;
  IF head.refusal IS NULL THEN
    statuses := breath.session_statuses(p_account, p_device, head.version, p_ids, p_hash_high, p_hash_low, statuses);
  END IF;
  IF p_silent IS NULL OR EXISTS (SELECT FROM unnest(statuses) AS s (status) WHERE s.status IS DISTINCT FROM p_silent)
  THEN
    PERFORM breath.note_push(p_account, p_caller, p_request_id, 'sessions', p_ids, statuses, NULL);
  END IF;
  RETURN QUERY
    SELECT j.place::integer, j.status FROM unnest(statuses) WITH ORDINALITY AS j (status, place)
    WHERE j.status IS NOT NULL ORDER BY j.place;
END
$$;
REVOKE ALL ON FUNCTION breath.store_sessions FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.store_sessions TO breath_sync;
