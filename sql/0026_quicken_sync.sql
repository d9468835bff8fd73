-- Every statement of the functions finds its rows by an account's key. A plan is made once a connection, perhaps while a
-- table is small or has no statistics, and must still be good when it has grown: so no plan that reads a whole table where
-- an index leads to the rows. Such a plan, where a table of one row has no index, counts as dear beyond all measure, which
-- would have it compiled: that pays for no statement of ours.
DO $$
DECLARE
  role_name text;
BEGIN
  FOREACH role_name IN ARRAY ARRAY['breath_sync', 'breath_stats', 'breath_auth'] LOOP
    EXECUTE format('ALTER ROLE %I SET enable_seqscan = off', role_name);
    EXECUTE format('ALTER ROLE %I SET jit = off', role_name);
  END LOOP;
END
$$;
SET LOCAL ROLE breath_owner;

-- Why nothing of a device is stored, whatever it is; NULL when it may be. A later marker than the server's was applied by a
-- statement before.
CREATE FUNCTION breath.device_refusal(d breath.devices, p_marker timestamptz) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT CASE
    WHEN d.device_id IS NULL THEN 'unknown_device'
    WHEN d.left_at IS NOT NULL THEN 'device_left'
    WHEN d.reset_at IS DISTINCT FROM p_marker THEN 'before_reset' END
$$;

-- Stores the sessions that a push brings of one device, with the day totals, sums and digest that follow from them, and a
-- line in the person's ledger. Answers those that were not stored: their places from 1, and why.
--
-- Must run after begin_request has taken the account's row in the same flight: then nobody else writes this account, what
-- is found is exact, and version order is commit order. An insert that yields to the primary key finds out what is there
-- already, so that the usual push looks nothing up. Places that are not stored leave gaps in the versions.
--   p_caller: whoever pushes; p_device: whose sessions these are; p_marker: of that device's last clearing, as the pusher
--   knows it; p_silent: a status that is no news for the ledger when all have it.
CREATE FUNCTION breath.store_sessions(
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
BEGIN
  SELECT a.version, a.day_start_minutes * interval '1 minute' AS day_start, d.time_zone,
    coalesce(breath.device_refusal(d, p_marker), CASE WHEN a.detail <> 'sessions' THEN 'detail_is_days' END) AS refusal,
    EXISTS (SELECT FROM breath.tombstones t WHERE t.account_id = p_account) AS has_tombstones
  INTO head
  FROM breath.accounts a LEFT JOIN breath.devices d ON d.account_id = a.account_id AND d.device_id = p_device
  WHERE a.account_id = p_account;
  IF head.refusal IS NOT NULL THEN
    statuses := array_fill(head.refusal, ARRAY[pushed]);
  ELSIF head.has_tombstones THEN
    SELECT array_agg(CASE WHEN b.account_id IS NOT NULL THEN 'tombstoned' END ORDER BY i.place) INTO statuses
    FROM unnest(p_ids) WITH ORDINALITY AS i (session_id, place)
    CROSS JOIN LATERAL breath.tombstone_hash(p_device, i.session_id) AS h
    LEFT JOIN breath.tombstones b ON b.account_id = p_account AND b.hash_high = h.high AND b.hash_low = h.low;
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
    sum(t.sessions - greatest(t.reported_sessions, t.derived_sessions - g.sessions))::bigint AS sessions,
    sum(t.active_ms - greatest(t.reported_active_ms, t.derived_active_ms - g.active_ms))::bigint AS active_ms,
    sum(t.cycles - greatest(t.reported_cycles, t.derived_cycles - g.cycles))::bigint AS cycles,
    sum(t.xp - greatest(t.reported_xp, t.derived_xp - g.xp))::bigint AS xp
  INTO gain
  FROM days t JOIN gained g USING (local_date);
  IF gain.stored > 0 THEN
    UPDATE breath.devices d SET
      sessions = d.sessions + gain.sessions, active_ms = d.active_ms + gain.active_ms,
      cycles = d.cycles + gain.cycles, xp = d.xp + gain.xp, rows_version = gain.version
    WHERE d.account_id = p_account AND d.device_id = p_device;
    UPDATE breath.accounts a SET
      version = gain.version, practised = a.practised + gain.dates, digest_count = a.digest_count + gain.stored,
      digest_high = a.digest_high # gain.high, digest_low = a.digest_low # gain.low
    WHERE a.account_id = p_account;
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
  SELECT p_account, p_caller, p_request_id, 'sessions', gain.stored, count(*) FILTER (WHERE j.status = 'duplicate'),
    count(*) FILTER (WHERE j.status <> 'duplicate'),
    jsonb_agg(jsonb_build_object('id', p_ids[j.place], 'status', j.status) ORDER BY j.place)
      FILTER (WHERE j.status <> 'duplicate' AND j.place <= named_max)
  FROM unnest(statuses) WITH ORDINALITY AS j (status, place)
  HAVING count(*) > 0 AND (p_silent IS NULL OR bool_or(j.status IS DISTINCT FROM p_silent));
  RETURN QUERY
    SELECT j.place::integer, j.status FROM unnest(statuses) WITH ORDINALITY AS j (status, place)
    WHERE j.status IS NOT NULL ORDER BY j.place;
END
$$;

-- After an insert that yielded: NULL for what it stored, whose versions are later than the account's was, and for the rest
-- whether it is the same session or another one under its id; what has a status keeps it. The range of one id makes the
-- planner take the primary key, for its order, even when it knows nothing of the table.
CREATE FUNCTION breath.session_statuses(
  p_account uuid, p_device uuid, p_version bigint, p_ids text[], p_hash_high bigint[], p_hash_low bigint[], p_known text[]
) RETURNS text[]
LANGUAGE sql STABLE
AS $$
  SELECT array_agg(coalesce(p_known[i.place], CASE
      WHEN s.version > p_version THEN NULL
      WHEN s.hash_high = i.high AND s.hash_low = i.low THEN 'duplicate'
      ELSE 'conflict' END) ORDER BY i.place)
  FROM unnest(p_ids, p_hash_high, p_hash_low) WITH ORDINALITY AS i (session_id, high, low, place)
  LEFT JOIN LATERAL (
    SELECT t.version, t.hash_high, t.hash_low FROM breath.sessions t
    WHERE t.account_id = p_account AND t.device_id = p_device
      AND t.session_id BETWEEN i.session_id AND i.session_id
    ORDER BY t.session_id LIMIT 1
  ) AS s ON true
$$;

-- As before (0013), in fewer copies: first the version at which the page ends, then, by kind, the rows up to there. All of it
-- sees one snapshot, which is what STABLE says. LATERAL with its own order and limit makes the planner follow the index by
-- version, whatever it knows of the table.
CREATE OR REPLACE FUNCTION breath.pull(
  p_account uuid, p_device uuid, p_incarnation uuid, p_version bigint, p_limit integer, p_own boolean, p_plain boolean,
  OUT incarnation uuid, OUT next_version bigint, OUT more boolean, OUT is_restart boolean, OUT sessions text,
  OUT days text, OUT settings text, OUT deletions text, OUT devices text, OUT holdings text
)
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
  head bigint;
  start bigint;
  -- Whose sessions and day totals are looked at, each from where the cursor stands.
  others uuid[];
  has_news boolean;
  -- Settings on which no other device has a later word, by their versions.
  winning bigint[];
  past_end bigint;
  of_deletions uuid[];
BEGIN
  SELECT a.version, breath.cursor_life(i.incarnation, p_account) INTO head, incarnation
  FROM breath.accounts a
  CROSS JOIN (SELECT l.incarnation FROM breath.incarnations l ORDER BY l.begun_at DESC LIMIT 1) AS i
  WHERE a.account_id = p_account;
  is_restart := p_version IS NOT NULL AND (p_incarnation <> incarnation OR p_version > head);
  start := CASE WHEN is_restart THEN 0 ELSE coalesce(p_version, 0) END;
  IF is_restart THEN
    holdings := breath.holdings(p_account);
  END IF;
  next_version := head;
  more := false;
  -- The usual answer, that nobody else wrote anything, is told from the devices alone.
  SELECT array_agg(d.device_id) FILTER (WHERE d.rows_version > start), count(*) > 0 INTO others, has_news
  FROM breath.devices d
  WHERE d.account_id = p_account AND (p_own OR d.device_id <> p_device) AND greatest(d.version, d.rows_version) > start;
  IF NOT p_own AND NOT has_news THEN
    RETURN;
  END IF;

  SELECT array_agg(t.version) INTO winning
  FROM breath.settings t
  WHERE t.account_id = p_account AND t.version > start
    AND NOT EXISTS (
      SELECT FROM breath.settings w
      WHERE w.account_id = p_account AND w.module = t.module AND w.key = t.key
        AND (w.changed_at, w.device_id) > (t.changed_at, t.device_id));
  SELECT v.version INTO past_end FROM (
    SELECT s.version FROM unnest(others) AS d (device_id) CROSS JOIN LATERAL (
      SELECT t.version FROM breath.sessions t
      WHERE t.account_id = p_account AND t.device_id = d.device_id AND t.version > start
      ORDER BY t.version LIMIT p_limit + 1
    ) AS s
    UNION ALL
    SELECT s.version FROM unnest(others) AS d (device_id) CROSS JOIN LATERAL (
      SELECT t.version FROM breath.day_totals t
      WHERE t.account_id = p_account AND t.device_id = d.device_id AND t.version > start
      ORDER BY t.version LIMIT p_limit + 1
    ) AS s
    UNION ALL
    SELECT unnest(winning)
    UNION ALL
    (SELECT t.version FROM breath.tombstones t
    WHERE t.account_id = p_account AND t.version > start AND (p_own OR t.deleted_by <> p_device)
      AND t.session_id IS NOT NULL
    ORDER BY t.version LIMIT p_limit + 1)
    UNION ALL
    SELECT d.version FROM breath.devices d
    WHERE d.account_id = p_account AND (p_own OR d.device_id <> p_device) AND d.version > start
  ) AS v
  ORDER BY v.version OFFSET p_limit LIMIT 1;
  IF past_end IS NOT NULL THEN
    more := true;
    next_version := past_end - 1;
  END IF;

  IF others IS NOT NULL THEN
    SELECT string_agg(s.item, ',') INTO sessions FROM (
      SELECT CASE WHEN p_plain THEN '{' || t.facts || '}'
        ELSE '{' || t.facts || ',"device":"' || t.device_id || '","localDate":"' || t.local_date || '"}' END AS item
      FROM unnest(others) AS d (device_id) CROSS JOIN LATERAL (
        SELECT * FROM breath.sessions r
        WHERE r.account_id = p_account AND r.device_id = d.device_id AND r.version > start AND r.version <= next_version
        ORDER BY r.version LIMIT p_limit
      ) AS t
      ORDER BY t.version
    ) AS s;
    SELECT string_agg(s.item, ',') INTO days FROM (
      SELECT breath.day_json(t::breath.day_totals) AS item
      FROM unnest(others) AS d (device_id) CROSS JOIN LATERAL (
        SELECT * FROM breath.day_totals r
        WHERE r.account_id = p_account AND r.device_id = d.device_id AND r.version > start AND r.version <= next_version
        ORDER BY r.version LIMIT p_limit
      ) AS t
      ORDER BY t.version
    ) AS s;
  END IF;
  IF winning IS NOT NULL THEN
    SELECT string_agg(
      '{"module":"' || t.module || '","key":' || to_json(t.key) || ',"value":' || t.value || ',"changedAt":"'
        || breath.time_json(t.changed_at) || '","device":"' || t.device_id || '"}', ',' ORDER BY t.version)
    INTO settings
    FROM breath.settings t
    WHERE t.account_id = p_account AND t.version = ANY (winning) AND t.version <= next_version;
  END IF;
  SELECT string_agg(
      '{"session":' || to_json(t.session_id) || ',"device":"' || t.device_id || '"}', ',' ORDER BY t.version),
    array_agg(t.device_id)
  INTO deletions, of_deletions
  FROM breath.tombstones t
  WHERE t.account_id = p_account AND t.version > start AND t.version <= next_version
    AND (p_own OR t.deleted_by <> p_device) AND t.session_id IS NOT NULL;
  -- With whatever a page has of a device comes the device as it is now: what it practised after it was cleared must not be
  -- held without the marker that says so.
  SELECT string_agg(breath.device_json(d), ',' ORDER BY d.version) INTO devices
  FROM breath.devices d
  WHERE d.account_id = p_account AND (p_own OR d.device_id <> p_device) AND (
    (d.version > start AND d.version <= next_version)
    OR d.device_id = ANY (of_deletions)
    OR d.device_id = ANY (others) AND (
      EXISTS (
        SELECT FROM breath.sessions t WHERE t.account_id = p_account AND t.device_id = d.device_id
          AND t.version > start AND t.version <= next_version)
      OR EXISTS (
        SELECT FROM breath.day_totals t WHERE t.account_id = p_account AND t.device_id = d.device_id
          AND t.version > start AND t.version <= next_version)));
END
$$;

REVOKE ALL ON FUNCTION
  breath.device_refusal, breath.store_sessions, breath.session_statuses FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
  breath.device_refusal, breath.store_sessions, breath.session_statuses TO breath_sync;
