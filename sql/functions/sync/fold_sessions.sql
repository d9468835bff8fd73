-- Counts the sessions that a push brings of one device in their days, those that are new there. Answers what became of
-- each: 'folded', 'duplicate', 'tombstoned', 'account_full', or what keeps out all of the device. The rest is as in
-- store_sessions.
--   p_only_folded: into days that have folded sessions already, and no others; says nothing.
CREATE OR REPLACE FUNCTION breath.fold_sessions(
  p_account uuid, p_caller uuid, p_device uuid, p_marker timestamptz, p_request_id text, p_only_folded boolean,
  p_ids text[], p_started_at timestamptz[], p_local_dates date[], p_counted_ms bigint[], p_cycles bigint[],
  p_xp bigint[]
) RETURNS TABLE (place integer, status text, folded_on date)
LANGUAGE plpgsql
AS $$
DECLARE
  -- More sessions than a day has room for.
  day_max CONSTANT integer := 5000;
  head record;
  statuses text[];
  dates date[];
  folded_dates date[];
BEGIN
  SELECT a.day_start_minutes * interval '1 minute' AS day_start, breath.usable_zone(d.time_zone) AS time_zone,
    breath.device_refusal(d, p_marker) AS refusal, breath.room(a) AS room,
    EXISTS (SELECT FROM breath.tombstones t WHERE t.account_id = p_account) AS has_tombstones
  INTO head
  FROM breath.accounts a LEFT JOIN breath.devices d ON d.account_id = a.account_id AND d.device_id = p_device
  WHERE a.account_id = p_account;
  IF head.refusal IS NOT NULL THEN
    statuses := array_fill(head.refusal, ARRAY[cardinality(p_ids)]);
  ELSE
    WITH pushed AS (
      SELECT u.*, breath.session_key(u.session_id) AS key,
        coalesce(u.stated_date, ((u.started_at AT TIME ZONE head.time_zone) - head.day_start)::date) AS local_date
      FROM unnest(p_ids, p_started_at, p_local_dates, p_counted_ms, p_cycles, p_xp) WITH ORDINALITY
        AS u (session_id, started_at, stated_date, active_ms, cycles, xp, place)
    ), known AS (
      -- A device that travels may give a session that comes again another date, of which none is farther away.
      SELECT f.local_date, f.session_keys FROM breath.folded_days f
      WHERE f.account_id = p_account AND f.device_id = p_device
        AND f.local_date BETWEEN (SELECT min(p.local_date) FROM pushed p) - 4
          AND (SELECT max(p.local_date) FROM pushed p) + 4
    ), compared AS (
      SELECT p.*, coalesce(cardinality(k.session_keys), 0) AS held, k.local_date IS NULL AS is_new, CASE
        WHEN head.has_tombstones AND EXISTS (
          SELECT FROM breath.tombstone_hash(p_device, p.session_id) AS h
          CROSS JOIN LATERAL breath.tombstone_of(p_account, h.high, h.low) AS t
        ) THEN 'tombstoned'
        WHEN p.key IN (SELECT unnest(o.session_keys) FROM known o) THEN 'duplicate'
        WHEN p_only_folded AND k.local_date IS NULL THEN 'elsewhere' END AS known_as
      FROM pushed p LEFT JOIN known k ON k.local_date = p.local_date
    ), judged AS (
      SELECT c.*, coalesce(c.known_as, CASE
        WHEN c.held + row_number() OVER (PARTITION BY c.local_date, c.known_as ORDER BY c.place) > day_max
          OR c.is_new AND dense_rank() OVER (PARTITION BY c.is_new, c.known_as ORDER BY c.local_date) > head.room
          THEN 'account_full'
        ELSE 'folded' END) AS status
      FROM compared c
    ), folded AS (
      INSERT INTO breath.folded_days AS f (account_id, device_id, local_date, session_keys, active_ms, cycles, xp)
      SELECT p_account, p_device, j.local_date, array_agg(j.key), sum(j.active_ms), sum(j.cycles), sum(j.xp)
      FROM judged j
      WHERE j.status = 'folded'
      GROUP BY j.local_date
      ON CONFLICT ON CONSTRAINT folded_days_pkey DO UPDATE SET
        session_keys = f.session_keys || excluded.session_keys, active_ms = f.active_ms + excluded.active_ms,
        cycles = f.cycles + excluded.cycles, xp = f.xp + excluded.xp
      RETURNING f.local_date
    )
    SELECT array_agg(j.status ORDER BY j.place), array_agg(j.local_date ORDER BY j.place),
      (SELECT array_agg(f.local_date) FROM folded f)
    INTO statuses, dates, folded_dates FROM judged j;
    IF folded_dates IS NOT NULL THEN
      PERFORM breath.report_folded_days(p_account, p_device, folded_dates);
    END IF;
  END IF;
  IF p_only_folded THEN
    RETURN;
  END IF;
  PERFORM breath.note_push(p_account, p_caller, p_request_id, 'sessions', p_ids, statuses, NULL);
  RETURN QUERY
    SELECT j.place::integer, j.status, dates[j.place] FROM unnest(statuses) WITH ORDINALITY AS j (status, place);
END
$$;
REVOKE ALL ON FUNCTION breath.fold_sessions FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.fold_sessions TO breath_sync;
