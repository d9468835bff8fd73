SET LOCAL ROLE breath_owner;

-- As before (0011), with what twins come to.
CREATE OR REPLACE FUNCTION breath.settle_days(p_account uuid, p_device uuid, p_dates date[]) RETURNS void
LANGUAGE sql
AS $$
  UPDATE breath.devices d SET (sessions, active_ms, cycles, xp, twin_active_ms, twin_xp) = (
    SELECT coalesce(sum(t.sessions), 0), coalesce(sum(t.active_ms), 0), coalesce(sum(t.cycles), 0),
      coalesce(sum(t.xp), 0), coalesce(sum(t.twin_active_ms), 0), coalesce(sum(t.twin_xp), 0)
    FROM breath.day_totals t
    WHERE t.account_id = p_account AND t.device_id = p_device)
  WHERE d.account_id = p_account AND d.device_id = p_device;
  UPDATE breath.accounts a SET practised = breath.practised_after(p_account, '{}', p_dates)
  WHERE a.account_id = p_account
$$;

-- As before (0011); where another device has a session too, its copy counts from now on.
CREATE OR REPLACE FUNCTION breath.reset_device(p_account uuid, p_caller uuid, p_device uuid, p_marker timestamptz)
RETURNS boolean
LANGUAGE plpgsql
AS $$
DECLARE
  head breath.accounts;
  before breath.accounts;
  removed bigint;
  high bigint;
  low bigint;
  dates date[];
  starts timestamptz[];
BEGIN
  UPDATE breath.devices d SET reset_at = p_marker, reported_xp = 0, reported_longest_streak = 0,
    reported_challenges = 0, reported_active_ms = 0, elsewhere_xp = 0, elsewhere_active_ms = 0
  WHERE d.account_id = p_account AND d.device_id = p_device AND (d.reset_at IS NULL OR d.reset_at < p_marker);
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  SELECT * INTO head FROM breath.accounts a WHERE a.account_id = p_account;
  before := head;

  WITH gone AS (
    DELETE FROM breath.sessions s WHERE s.account_id = p_account AND s.device_id = p_device
    RETURNING s.session_id, s.started_at, s.hash_high, s.hash_low
  ), numbered AS (
    SELECT g.*, h.high, h.low, row_number() OVER (ORDER BY g.session_id) AS place
    FROM gone g CROSS JOIN LATERAL breath.tombstone_hash(p_device, g.session_id) AS h
  ), tombstones AS (
    INSERT INTO breath.tombstones (account_id, hash_high, hash_low, version, device_id, session_id, deleted_by)
    SELECT p_account, n.high, n.low, head.version + n.place, p_device, n.session_id, p_caller FROM numbered n
  )
  SELECT count(*), coalesce(bit_xor(n.hash_high # n.high), 0), coalesce(bit_xor(n.hash_low # n.low), 0),
    array_agg(n.started_at)
  INTO removed, high, low, starts FROM numbered n;
  head.version := head.version + removed;
  head.kept := head.kept - removed;
  head.tombstones := head.tombstones + removed;
  head.digest_high := head.digest_high # high;
  head.digest_low := head.digest_low # low;

  SELECT count(*), coalesce(bit_xor(t.hash_high), 0), coalesce(bit_xor(t.hash_low), 0) INTO removed, high, low
  FROM breath.day_totals t
  WHERE t.account_id = p_account AND t.device_id = p_device
    AND greatest(t.reported_sessions, t.reported_active_ms, t.reported_cycles, t.reported_xp) > 0;
  head.kept := head.kept - removed;
  head.digest_count := head.digest_count - removed;
  head.digest_high := head.digest_high # high;
  head.digest_low := head.digest_low # low;

  WITH emptied AS (
    UPDATE breath.day_totals t SET version = head.version + n.place,
      reported_sessions = 0, reported_active_ms = 0, reported_cycles = 0, reported_xp = 0,
      derived_sessions = 0, derived_active_ms = 0, derived_cycles = 0, derived_xp = 0,
      twin_sessions = 0, twin_active_ms = 0, twin_cycles = 0, twin_xp = 0
    FROM (
      SELECT local_date, row_number() OVER (ORDER BY local_date) AS place FROM breath.day_totals
      WHERE account_id = p_account AND device_id = p_device AND greatest(
        sessions, active_ms, cycles, xp, reported_sessions, reported_active_ms, reported_cycles, reported_xp,
        twin_sessions, twin_active_ms, twin_cycles, twin_xp) > 0
    ) AS n
    WHERE t.account_id = p_account AND t.device_id = p_device AND t.local_date = n.local_date
    RETURNING t.local_date
  )
  SELECT count(*), array_agg(e.local_date) INTO removed, dates FROM emptied e;
  head.version := head.version + removed + 1;  -- and the device's own row

  UPDATE breath.accounts a SET version = head.version, kept = head.kept, tombstones = head.tombstones,
    digest_count = head.digest_count, digest_high = head.digest_high, digest_low = head.digest_low
  WHERE a.account_id = p_account;
  UPDATE breath.devices d SET version = head.version,
    digest_count = d.digest_count + head.digest_count - before.digest_count,
    digest_high = d.digest_high # head.digest_high # before.digest_high,
    digest_low = d.digest_low # head.digest_low # before.digest_low
  WHERE d.account_id = p_account AND d.device_id = p_device;
  UPDATE breath.devices d SET rows_version = head.version
  WHERE d.account_id = p_account AND d.device_id IN (p_device, p_caller);
  PERFORM breath.settle_days(p_account, p_device, dates);
  IF starts IS NOT NULL AND EXISTS (
    SELECT FROM breath.devices d
    WHERE d.account_id = p_account AND d.device_id = p_device AND d.twin_devices IS NOT NULL)
  THEN
    PERFORM breath.settle_twins(p_account, starts);
  END IF;
  RETURN true;
END
$$;

-- As before (0011), but what follows from all of a push's deletions is settled once and not after each: the days, and
-- the copies of other devices that count from now on.
CREATE OR REPLACE FUNCTION breath.delete_sessions(p_account uuid, p_caller uuid, p_devices uuid[], p_sessions text[])
RETURNS TABLE (place integer, status text)
LANGUAGE plpgsql
AS $$
DECLARE
  head breath.accounts;
  found_one breath.sessions;
  gone breath.sessions[] := '{}';
  hash record;
  added bigint;
  -- Of each device's digest, in the order in which it happens.
  devices uuid[] := '{}';
  counts bigint[] := '{}';
  highs bigint[] := '{}';
  lows bigint[] := '{}';
BEGIN
  SELECT * INTO head FROM breath.accounts a WHERE a.account_id = p_account;
  FOR i IN 1 .. cardinality(p_sessions) LOOP
    place := i;
    status := NULL;
    SELECT * INTO hash FROM breath.tombstone_hash(p_devices[place], p_sessions[place]);
    IF NOT EXISTS (SELECT FROM breath.devices d WHERE d.account_id = p_account AND d.device_id = p_devices[place]) THEN
      status := 'unknown_device';
    ELSIF EXISTS (
      SELECT FROM breath.tombstone_of(p_account, hash.high, hash.low) AS t
      WHERE t.session_id IS NOT NULL OR head.detail = 'days'
    ) THEN
      status := 'duplicate';
    ELSIF head.tombstones >= 200000
      AND NOT EXISTS (SELECT FROM breath.session_named(p_account, p_devices[place], p_sessions[place])) THEN
      status := 'account_full';
    ELSE
      head.version := head.version + 1;
      -- One whose id was forgotten while only day totals were shared is named again, for others to hear of it.
      INSERT INTO breath.tombstones AS t (account_id, hash_high, hash_low, version, device_id, session_id, deleted_by)
      VALUES (p_account, hash.high, hash.low, head.version, p_devices[place],
        CASE head.detail WHEN 'sessions' THEN p_sessions[place] END, p_caller)
      ON CONFLICT (account_id, hash_high, hash_low) DO UPDATE SET
        version = excluded.version, session_id = excluded.session_id, deleted_by = excluded.deleted_by
      RETURNING (xmax = 0)::int::bigint INTO added;
      head.tombstones := head.tombstones + added;
      devices := array_append(devices, p_devices[place]);
      counts := array_append(counts, (head.detail = 'sessions')::int::bigint);
      highs := array_append(highs, CASE head.detail WHEN 'sessions' THEN hash.high ELSE 0 END);
      lows := array_append(lows, CASE head.detail WHEN 'sessions' THEN hash.low ELSE 0 END);
      IF head.detail = 'sessions' THEN
        head.digest_count := head.digest_count + 1;
        head.digest_high := head.digest_high # hash.high;
        head.digest_low := head.digest_low # hash.low;
      END IF;
      DELETE FROM breath.sessions s
      WHERE s.ctid = (
        SELECT t.ctid FROM breath.sessions t
        WHERE t.account_id = p_account AND t.device_id = p_devices[place]
          AND t.session_id BETWEEN p_sessions[place] AND p_sessions[place]
        ORDER BY t.session_id LIMIT 1)
      RETURNING * INTO found_one;
      IF FOUND THEN
        head.digest_count := head.digest_count - 1;
        head.digest_high := head.digest_high # found_one.hash_high;
        head.digest_low := head.digest_low # found_one.hash_low;
        gone := array_append(gone, found_one);
      END IF;
    END IF;
    RETURN NEXT;
  END LOOP;
  IF cardinality(devices) = 0 THEN
    RETURN;
  END IF;
  UPDATE breath.accounts a SET version = head.version, kept = a.kept - cardinality(gone), tombstones = head.tombstones,
    digest_count = head.digest_count, digest_high = head.digest_high, digest_low = head.digest_low
  WHERE a.account_id = p_account;
  UPDATE breath.devices d SET rows_version = head.version, digest_count = d.digest_count + c.records,
    digest_high = d.digest_high # c.high, digest_low = d.digest_low # c.low
  FROM (
    SELECT i.device_id, sum(i.records) AS records, bit_xor(i.high) AS high, bit_xor(i.low) AS low
    FROM (
      SELECT * FROM unnest(devices, counts, highs, lows) AS u (device_id, records, high, low)
      UNION ALL
      SELECT g.device_id, -1, g.hash_high, g.hash_low FROM unnest(gone) AS g
      UNION ALL
      SELECT p_caller, 0, 0, 0
    ) AS i
    GROUP BY i.device_id
  ) AS c
  WHERE d.account_id = p_account AND d.device_id = c.device_id;
  IF cardinality(gone) > 0 THEN
    PERFORM breath.settle_deleted(p_account, p_caller, gone);
  END IF;
END
$$;

-- What follows from sessions that were deleted one by one.
CREATE FUNCTION breath.settle_deleted(p_account uuid, p_caller uuid, p_gone breath.sessions[]) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  starts timestamptz[];
BEGIN
  PERFORM breath.settle_derived(
    p_account, ARRAY(SELECT g.device_id FROM unnest(p_gone) AS g), ARRAY(SELECT g.local_date FROM unnest(p_gone) AS g));
  SELECT array_agg(g.started_at) INTO starts
  FROM unnest(p_gone) AS g
  JOIN breath.devices d ON d.account_id = p_account AND d.device_id = g.device_id AND d.twin_devices IS NOT NULL;
  IF starts IS NULL THEN
    RETURN;
  END IF;
  UPDATE breath.devices d SET elsewhere_xp = d.elsewhere_xp + e.xp,
    elsewhere_active_ms = d.elsewhere_active_ms + e.active_ms
  FROM (
    SELECT g.device_id, sum(g.xp) AS xp, sum(g.counted_ms) AS active_ms FROM unnest(p_gone) AS g
    WHERE EXISTS (
      SELECT FROM breath.sessions_begun(p_account, g.started_at) AS t
      WHERE t.device_id <> g.device_id AND breath.session_content(t.facts) = breath.session_content(g.facts))
    GROUP BY g.device_id
  ) AS e
  WHERE d.account_id = p_account AND d.device_id = e.device_id;
  PERFORM breath.settle_twins(p_account, starts);
END
$$;

-- As before (0011). A device's report becomes what its own sessions and reports come to, twins included, as the device
-- itself would tell it; the twins are kept, so that no number changes.
CREATE OR REPLACE FUNCTION breath.choose_detail(
  p_account uuid, p_device uuid, p_detail text, OUT removed_sessions bigint, OUT kept_days bigint
)
LANGUAGE plpgsql
AS $$
DECLARE
  head breath.accounts;
BEGIN
  removed_sessions := 0;
  kept_days := 0;
  UPDATE breath.accounts a SET detail = p_detail WHERE a.account_id = p_account AND a.detail <> p_detail
  RETURNING * INTO head;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  INSERT INTO breath.consents (account_id, device_id, subject, choice) VALUES (p_account, p_device, 'detail', p_detail);
  IF p_detail = 'sessions' THEN
    RETURN;
  END IF;

  DELETE FROM breath.sessions s WHERE s.account_id = p_account;
  GET DIAGNOSTICS removed_sessions = ROW_COUNT;
  UPDATE breath.tombstones t SET session_id = NULL WHERE t.account_id = p_account AND t.session_id IS NOT NULL;
  UPDATE breath.day_totals t SET version = head.version + n.place,
    reported_sessions = greatest(t.reported_sessions, t.derived_sessions + t.twin_sessions),
    reported_active_ms = greatest(t.reported_active_ms, t.derived_active_ms + t.twin_active_ms),
    reported_cycles = greatest(t.reported_cycles, t.derived_cycles + t.twin_cycles),
    reported_xp = greatest(t.reported_xp, t.derived_xp + t.twin_xp),
    derived_sessions = 0, derived_active_ms = 0, derived_cycles = 0, derived_xp = 0
  FROM (
    SELECT device_id, local_date, row_number() OVER (ORDER BY local_date, device_id) AS place
    FROM breath.day_totals
    WHERE account_id = p_account AND (
      greatest(derived_sessions, derived_active_ms, derived_cycles, derived_xp) > 0
      OR twin_sessions > reported_sessions OR twin_active_ms > reported_active_ms OR twin_cycles > reported_cycles
      OR twin_xp > reported_xp)
  ) AS n
  WHERE t.account_id = p_account AND t.device_id = n.device_id AND t.local_date = n.local_date;
  GET DIAGNOSTICS kept_days = ROW_COUNT;
  UPDATE breath.accounts a SET version = head.version + kept_days WHERE a.account_id = p_account;
  UPDATE breath.devices d SET rows_version = head.version + kept_days WHERE d.account_id = p_account;
  PERFORM breath.settle_digests(p_account);
END
$$;

-- As before (0026). A session that another device of the account holds is stored as its twin, and answered
-- 'held_by_other_device' although it is stored. Looked for only where another device has rows.
CREATE OR REPLACE FUNCTION breath.store_sessions(
  p_account uuid, p_caller uuid, p_device uuid, p_marker timestamptz, p_request_id text, p_silent text,
  p_ids text[], p_started_at timestamptz[], p_local_dates date[], p_facts text[], p_counted_ms bigint[],
  p_cycles bigint[], p_xp bigint[], p_flags smallint[], p_hash_high bigint[], p_hash_low bigint[]
) RETURNS TABLE (place integer, status text)
LANGUAGE plpgsql
AS $$
DECLARE
  named_max CONSTANT integer := 100;
  pushed CONSTANT integer := cardinality(p_ids);
  head record;
  gain record;
  statuses text[];
  -- How many were stored as twins, and whether there may be any.
  twins integer := 0;
  has_twins boolean := false;
BEGIN
  SELECT a.version, a.day_start_minutes * interval '1 minute' AS day_start, d.time_zone,
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
    SELECT t.stored, t.statuses INTO twins, statuses
    FROM breath.store_twins(
      p_account, p_device, head.version, p_ids, p_started_at, p_local_dates, p_facts, p_counted_ms, p_cycles, p_xp,
      p_flags, p_hash_high, p_hash_low, statuses) AS t;
  END IF;

  IF gain.stored = pushed THEN
    INSERT INTO breath.push_ledger (account_id, device_id, request_id, kind, stored, duplicate, rejected)
    VALUES (p_account, p_caller, p_request_id, 'sessions', pushed, 0, 0);
    RETURN;
  END IF;
  IF head.refusal IS NULL THEN
    statuses := breath.session_statuses(p_account, p_device, head.version, p_ids, p_hash_high, p_hash_low, statuses);
  END IF;
  INSERT INTO breath.push_ledger (account_id, device_id, request_id, kind, stored, duplicate, rejected, verdicts)
  SELECT p_account, p_caller, p_request_id, 'sessions', gain.stored + twins,
    count(*) FILTER (WHERE j.status = 'duplicate'),
    count(*) FILTER (WHERE j.status NOT IN ('duplicate', 'held_by_other_device')),
    jsonb_agg(jsonb_build_object('id', p_ids[j.place], 'status', j.status) ORDER BY j.place)
      FILTER (WHERE j.status NOT IN ('duplicate', 'held_by_other_device') AND j.place <= named_max)
  FROM unnest(statuses) WITH ORDINALITY AS j (status, place)
  HAVING count(*) > 0 AND (p_silent IS NULL OR bool_or(j.status IS DISTINCT FROM p_silent));
  RETURN QUERY
    SELECT j.place::integer, j.status FROM unnest(statuses) WITH ORDINALITY AS j (status, place)
    WHERE j.status IS NOT NULL ORDER BY j.place;
END
$$;

-- Says 'held_by_other_device' of each session that another device of the account holds; what has a status keeps it.
-- Plans that follow from how many sessions there are would be made anew for each push.
CREATE FUNCTION breath.mark_twins(
  p_account uuid, p_device uuid, p_started_at timestamptz[], p_facts text[], p_known text[]
) RETURNS text[]
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
  places bigint[] := ARRAY(
    SELECT i.place
    FROM unnest(p_started_at, p_facts) WITH ORDINALITY AS i (started_at, facts, place)
    CROSS JOIN LATERAL breath.sessions_begun(p_account, i.started_at) AS t
    WHERE t.device_id <> p_device AND breath.session_content(t.facts) = breath.session_content(i.facts));
BEGIN
  IF cardinality(places) = 0 THEN
    RETURN p_known;
  END IF;
  RETURN ARRAY(
    SELECT coalesce(p_known[i], CASE WHEN i = ANY (places) THEN 'held_by_other_device' END)
    FROM generate_series(1, cardinality(p_started_at)) AS i ORDER BY i);
END
$$;

-- Says 'account_full' of each session that is new and for which there is no room any more.
CREATE FUNCTION breath.mark_full(p_account uuid, p_device uuid, p_room bigint, p_ids text[], p_known text[])
RETURNS text[]
LANGUAGE sql STABLE
AS $$
  SELECT array_agg(
    CASE WHEN i.is_new AND i.used > p_room THEN 'account_full' ELSE i.known END ORDER BY i.place)
  FROM (
    SELECT n.*, count(*) FILTER (WHERE n.is_new) OVER (ORDER BY n.place) AS used
    FROM (
      SELECT u.place, p_known[u.place] AS known,
        coalesce(p_known[u.place], 'held_by_other_device') = 'held_by_other_device'
          AND NOT EXISTS (SELECT FROM breath.session_named(p_account, p_device, u.session_id)) AS is_new
      FROM unnest(p_ids) WITH ORDINALITY AS u (session_id, place)
    ) AS n
  ) AS i
$$;

-- Stores the sessions with that status, which count nothing, and settles who counts of them. Those that were here
-- already have no status any more.
CREATE FUNCTION breath.store_twins(
  p_account uuid, p_device uuid, p_version bigint, p_ids text[], p_started_at timestamptz[], p_local_dates date[],
  p_facts text[], p_counted_ms bigint[], p_cycles bigint[], p_xp bigint[], p_flags smallint[], p_hash_high bigint[],
  p_hash_low bigint[], p_known text[], OUT stored integer, OUT statuses text[]
)
LANGUAGE plpgsql
AS $$
DECLARE
  high bigint;
  low bigint;
  places bigint[];
BEGIN
  WITH stored AS (
    INSERT INTO breath.sessions (
      account_id, device_id, session_id, version, local_date, local_minute, started_at, facts, counted_ms, cycles, xp,
      flags, hash_high, hash_low, counts)
    SELECT p_account, p_device, i.session_id, p_version + i.place,
      coalesce(i.local_date, (i.clock - a.day_start_minutes * interval '1 minute')::date),
      extract(hour FROM i.clock) * 60 + extract(minute FROM i.clock),
      i.started_at, i.facts, i.counted_ms, i.cycles, i.xp, i.flags, i.hash_high, i.hash_low, false
    FROM breath.accounts a
    JOIN breath.devices d ON d.account_id = a.account_id AND d.device_id = p_device
    CROSS JOIN LATERAL (
      SELECT u.*, u.started_at AT TIME ZONE d.time_zone AS clock
      FROM unnest(
        p_ids, p_started_at, p_local_dates, p_facts, p_counted_ms, p_cycles, p_xp, p_flags, p_hash_high, p_hash_low
      ) WITH ORDINALITY AS u (
        session_id, started_at, local_date, facts, counted_ms, cycles, xp, flags, hash_high, hash_low, place)
    ) AS i
    WHERE a.account_id = p_account AND p_known[i.place] = 'held_by_other_device'
    ON CONFLICT (account_id, device_id, session_id) DO NOTHING
    RETURNING version, hash_high, hash_low
  )
  SELECT count(*), bit_xor(s.hash_high), bit_xor(s.hash_low), coalesce(array_agg(s.version - p_version), '{}')
  INTO stored, high, low, places FROM stored s;
  statuses := ARRAY(
    SELECT CASE WHEN p_known[i] <> 'held_by_other_device' OR i = ANY (places) THEN p_known[i] END
    FROM generate_series(1, cardinality(p_ids)) AS i ORDER BY i);
  IF stored = 0 THEN
    RETURN;
  END IF;
  UPDATE breath.accounts a SET version = greatest(a.version, p_version + cardinality(p_ids)),
    kept = a.kept + stored, digest_count = a.digest_count + stored, digest_high = a.digest_high # high,
    digest_low = a.digest_low # low
  WHERE a.account_id = p_account;
  UPDATE breath.devices d SET rows_version = greatest(d.rows_version, p_version + cardinality(p_ids)),
    digest_count = d.digest_count + stored, digest_high = d.digest_high # high, digest_low = d.digest_low # low
  WHERE d.account_id = p_account AND d.device_id = p_device;
  PERFORM breath.settle_twins(p_account, ARRAY(SELECT p_started_at[i] FROM unnest(places) AS i));
END
$$;

-- As before (0015): what follows from all rows of an account, anew. Whose copies count first: the rest follows from it.
CREATE OR REPLACE FUNCTION breath.settle_account(p_account uuid) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  devices uuid[];
  dates date[];
BEGIN
  PERFORM breath.settle_twins(p_account, NULL);
  PERFORM breath.settle_groups(p_account);
  -- A day without single sessions keeps the twins that it had when they went.
  SELECT array_agg(device_id), array_agg(local_date) INTO devices, dates
  FROM (
    SELECT i.device_id, i.local_date, count(*) FILTER (WHERE i.counts) AS sessions,
      coalesce(sum(i.counted_ms) FILTER (WHERE i.counts), 0) AS active_ms,
      coalesce(sum(i.cycles) FILTER (WHERE i.counts), 0) AS cycles,
      coalesce(sum(i.xp) FILTER (WHERE i.counts), 0) AS xp, count(*) FILTER (WHERE NOT i.counts) AS twins
    FROM breath.sessions i WHERE i.account_id = p_account
    GROUP BY i.device_id, i.local_date
  ) AS s
  FULL JOIN (SELECT * FROM breath.day_totals d WHERE d.account_id = p_account) AS t USING (device_id, local_date)
  WHERE (coalesce(s.sessions, 0), coalesce(s.active_ms, 0), coalesce(s.cycles, 0), coalesce(s.xp, 0)) IS DISTINCT FROM
      (coalesce(t.derived_sessions, 0), coalesce(t.derived_active_ms, 0), coalesce(t.derived_cycles, 0),
        coalesce(t.derived_xp, 0))
    OR s.twins <> coalesce(t.twin_sessions, 0);
  IF devices IS NOT NULL THEN
    PERFORM breath.settle_derived(p_account, devices, dates);
  END IF;
  PERFORM breath.settle_digests(p_account);
  UPDATE breath.accounts SET
    practised = coalesce((
      SELECT range_agg(daterange(t.local_date, t.local_date, '[]')) FROM breath.day_totals t
      WHERE t.account_id = p_account AND t.sessions > 0), '{}')
  WHERE account_id = p_account;
END
$$;

-- As before (0011); where twins take from a report, it is told beside what counts.
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
