SET LOCAL ROLE breath_owner;

-- What every flight for a caller begins with, in one call because a statement costs more than what it does: enter the
-- account, count the request, take the account's row when the flight writes, and look at the device. A statement of its
-- own, so that all that follow see what the lock waited for (RELIABILITY 2.3).
CREATE FUNCTION breath.begin_request(
  p_account uuid, p_device uuid, p_generation integer, p_writes boolean, p_limit_key bytea,
  p_interval_ms double precision, p_burst integer, OUT remaining integer, OUT reset_ms bigint
)
LANGUAGE plpgsql
AS $$
BEGIN
  PERFORM set_config('breath.account', p_account::text, true);
  SELECT a.remaining, a.reset_ms INTO remaining, reset_ms
  FROM breath.admit(p_limit_key, p_interval_ms, p_burst) AS a;
  IF p_writes THEN
    PERFORM FROM breath.accounts WHERE account_id = p_account FOR NO KEY UPDATE;
  END IF;
  PERFORM FROM breath.devices
  WHERE account_id = p_account AND device_id = p_device AND revoked_at IS NULL AND token_generation = p_generation;
  IF NOT FOUND THEN
    PERFORM breath.refuse_erased(p_account);
    RAISE EXCEPTION 'device revoked' USING ERRCODE = 'BM401';
  END IF;
END
$$;

CREATE FUNCTION breath.refuse_erased(p_id uuid) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
  IF EXISTS (SELECT FROM breath.erased WHERE id_hash = sha256(uuid_send(p_id))) THEN
    RAISE EXCEPTION 'erased' USING ERRCODE = 'BM410';
  END IF;
END
$$;

-- As before, with one statement where there were two in the usual case: an update that admits, and no lock when it does not.
CREATE OR REPLACE FUNCTION breath.admit(
  request_key bytea, interval_ms double precision, burst integer, OUT remaining integer, OUT reset_ms bigint
)
LANGUAGE plpgsql
AS $$
DECLARE
  arrival timestamptz := clock_timestamp();
  step interval := interval_ms * interval '1 millisecond';
  tolerance interval := step * (burst - 1);
  theoretical timestamptz;
BEGIN
  LOOP
    UPDATE breath.rate_limits SET theoretical_arrival = greatest(theoretical_arrival, arrival) + step
    WHERE key = request_key AND theoretical_arrival - tolerance <= arrival
    RETURNING theoretical_arrival INTO theoretical;
    EXIT WHEN FOUND;
    SELECT theoretical_arrival INTO theoretical FROM breath.rate_limits WHERE key = request_key;
    IF FOUND THEN
      RAISE EXCEPTION USING
        ERRCODE = 'BM429',
        MESSAGE = greatest(1, ceil(extract(epoch FROM theoretical - tolerance - arrival) * 1000))::text;
    END IF;
    INSERT INTO breath.rate_limits (key, theoretical_arrival) VALUES (request_key, arrival + step)
    ON CONFLICT (key) DO NOTHING
    RETURNING theoretical_arrival INTO theoretical;
    EXIT WHEN FOUND;
  END LOOP;
  remaining := floor(extract(epoch FROM tolerance + step - (theoretical - arrival)) * 1000 / interval_ms);
  reset_ms := ceil(extract(epoch FROM theoretical - arrival) * 1000);
END
$$;

-- The first 16 bytes of SHA-256 over a record's text, as the digest takes them (docs/sync.md).
CREATE FUNCTION breath.record_hash(record text, OUT high bigint, OUT low bigint)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT ('x' || substr(h.hex, 1, 16))::bit(64)::bigint, ('x' || substr(h.hex, 17, 16))::bit(64)::bigint
  FROM (SELECT encode(sha256(convert_to(record, 'UTF8')), 'hex') AS hex) AS h
$$;

CREATE FUNCTION breath.tombstone_hash(p_device uuid, p_session text, OUT high bigint, OUT low bigint)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT h.high, h.low
  FROM breath.record_hash('deleted ' || p_device || ' ' || octet_length(p_session) || ':' || p_session) AS h
$$;

-- Of the reported numbers; a day without any is no record and has 0.
CREATE FUNCTION breath.day_hash(
  p_device uuid, p_date date, p_sessions bigint, p_active_ms bigint, p_cycles bigint, p_xp bigint,
  OUT high bigint, OUT low bigint, OUT records bigint
)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT CASE WHEN is_record THEN h.high ELSE 0 END, CASE WHEN is_record THEN h.low ELSE 0 END, is_record::int::bigint
  FROM (SELECT greatest(p_sessions, p_active_ms, p_cycles, p_xp) > 0 AS is_record) AS c,
    breath.record_hash(
      'day ' || p_device || ' ' || p_date || ' ' || p_sessions || ' ' || p_active_ms || ' ' || p_cycles || ' ' || p_xp) AS h
$$;

-- After day totals shrank: a device's sums anew, and of these dates those that nobody practised on leave the union.
CREATE FUNCTION breath.settle_days(p_account uuid, p_device uuid, p_dates date[]) RETURNS void
LANGUAGE sql
AS $$
  UPDATE breath.devices d SET (sessions, active_ms, cycles, xp) = (
    SELECT coalesce(sum(t.sessions), 0), coalesce(sum(t.active_ms), 0), coalesce(sum(t.cycles), 0),
      coalesce(sum(t.xp), 0)
    FROM breath.day_totals t
    WHERE t.account_id = p_account AND t.device_id = p_device)
  WHERE d.account_id = p_account AND d.device_id = p_device;
  UPDATE breath.accounts a SET practised = practised - coalesce((
    SELECT range_agg(daterange(date, date, '[]')) FROM unnest(p_dates) AS date
    WHERE NOT EXISTS (
      SELECT FROM breath.day_totals t WHERE t.account_id = p_account AND t.local_date = date AND t.sessions > 0)), '{}')
  WHERE a.account_id = p_account
$$;

-- Clears a device, when the marker is later than its last one: sessions become tombstones, day totals and counters 0.
-- Whoever writes holds the account's row.
CREATE FUNCTION breath.reset_device(p_account uuid, p_caller uuid, p_device uuid, p_marker timestamptz) RETURNS boolean
LANGUAGE plpgsql
AS $$
DECLARE
  head breath.accounts;
  removed bigint;
  high bigint;
  low bigint;
  dates date[];
BEGIN
  UPDATE breath.devices d SET reset_at = p_marker, reported_xp = 0, reported_longest_streak = 0,
    reported_challenges = 0, reported_active_ms = 0
  WHERE d.account_id = p_account AND d.device_id = p_device AND (d.reset_at IS NULL OR d.reset_at < p_marker);
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  SELECT * INTO head FROM breath.accounts a WHERE a.account_id = p_account;

  WITH gone AS (
    DELETE FROM breath.sessions s WHERE s.account_id = p_account AND s.device_id = p_device
    RETURNING s.session_id, s.hash_high, s.hash_low
  ), numbered AS (
    SELECT g.*, h.high, h.low, row_number() OVER (ORDER BY g.session_id) AS place
    FROM gone g CROSS JOIN LATERAL breath.tombstone_hash(p_device, g.session_id) AS h
  ), tombstones AS (
    INSERT INTO breath.tombstones (account_id, hash_high, hash_low, version, device_id, session_id, deleted_by)
    SELECT p_account, n.high, n.low, head.version + n.place, p_device, n.session_id, p_caller FROM numbered n
  )
  SELECT count(*), coalesce(bit_xor(n.hash_high # n.high), 0), coalesce(bit_xor(n.hash_low # n.low), 0)
  INTO removed, high, low FROM numbered n;
  head.version := head.version + removed;
  head.digest_high := head.digest_high # high;
  head.digest_low := head.digest_low # low;

  SELECT count(*), coalesce(bit_xor(h.high), 0), coalesce(bit_xor(h.low), 0), coalesce(array_agg(t.local_date), '{}')
  INTO removed, high, low, dates
  FROM breath.day_totals t
  CROSS JOIN LATERAL breath.day_hash(
    t.device_id, t.local_date, t.reported_sessions, t.reported_active_ms, t.reported_cycles, t.reported_xp) AS h
  WHERE t.account_id = p_account AND t.device_id = p_device AND h.records > 0;
  head.digest_count := head.digest_count - removed;
  head.digest_high := head.digest_high # high;
  head.digest_low := head.digest_low # low;

  WITH emptied AS (
    UPDATE breath.day_totals t SET version = head.version + n.place,
      reported_sessions = 0, reported_active_ms = 0, reported_cycles = 0, reported_xp = 0,
      derived_sessions = 0, derived_active_ms = 0, derived_cycles = 0, derived_xp = 0
    FROM (
      SELECT local_date, row_number() OVER (ORDER BY local_date) AS place FROM breath.day_totals
      WHERE account_id = p_account AND device_id = p_device AND greatest(sessions, active_ms, cycles, xp) > 0
    ) AS n
    WHERE t.account_id = p_account AND t.device_id = p_device AND t.local_date = n.local_date
    RETURNING t.local_date
  )
  SELECT count(*), array_agg(e.local_date) INTO removed, dates FROM emptied e;
  head.version := head.version + removed + 1;  -- and the device's own row

  UPDATE breath.accounts a SET version = head.version, digest_count = head.digest_count,
    digest_high = head.digest_high, digest_low = head.digest_low
  WHERE a.account_id = p_account;
  UPDATE breath.devices d SET version = head.version
  WHERE d.account_id = p_account AND d.device_id = p_device;
  UPDATE breath.devices d SET rows_version = head.version
  WHERE d.account_id = p_account AND d.device_id IN (p_device, p_caller);
  PERFORM breath.settle_days(p_account, p_device, dates);
  RETURN true;
END
$$;

-- Deletes sessions, one after the other: few at a time, and each may touch a day. Unknown ones leave a tombstone too.
CREATE FUNCTION breath.delete_sessions(p_account uuid, p_caller uuid, p_devices uuid[], p_sessions text[])
RETURNS TABLE (place integer, status text)
LANGUAGE plpgsql
AS $$
DECLARE
  head breath.accounts;
  gone breath.sessions;
  hash record;
BEGIN
  SELECT * INTO head FROM breath.accounts a WHERE a.account_id = p_account;
  FOR i IN 1 .. cardinality(p_sessions) LOOP
    place := i;
    status := NULL;
    SELECT * INTO hash FROM breath.tombstone_hash(p_devices[place], p_sessions[place]);
    IF NOT EXISTS (SELECT FROM breath.devices d WHERE d.account_id = p_account AND d.device_id = p_devices[place]) THEN
      status := 'unknown_device';
    ELSIF EXISTS (
      SELECT FROM breath.tombstones t
      WHERE t.account_id = p_account AND t.hash_high = hash.high AND t.hash_low = hash.low
        AND (t.session_id IS NOT NULL OR head.detail = 'days')
    ) THEN
      status := 'duplicate';
    ELSE
      head.version := head.version + 1;
      -- One whose id was forgotten while only day totals were shared is named again, for others to hear of it.
      INSERT INTO breath.tombstones AS t (account_id, hash_high, hash_low, version, device_id, session_id, deleted_by)
      VALUES (p_account, hash.high, hash.low, head.version, p_devices[place],
        CASE head.detail WHEN 'sessions' THEN p_sessions[place] END, p_caller)
      ON CONFLICT (account_id, hash_high, hash_low) DO UPDATE SET
        version = excluded.version, session_id = excluded.session_id, deleted_by = excluded.deleted_by;
      IF head.detail = 'sessions' THEN
        head.digest_count := head.digest_count + 1;
        head.digest_high := head.digest_high # hash.high;
        head.digest_low := head.digest_low # hash.low;
      END IF;
      DELETE FROM breath.sessions s
      WHERE s.account_id = p_account AND s.device_id = p_devices[place] AND s.session_id = p_sessions[place]
      RETURNING * INTO gone;
      IF FOUND THEN
        head.digest_count := head.digest_count - 1;
        head.digest_high := head.digest_high # gone.hash_high;
        head.digest_low := head.digest_low # gone.hash_low;
        head.version := head.version + 1;
        UPDATE breath.day_totals t SET version = head.version,
          derived_sessions = t.derived_sessions - 1, derived_active_ms = t.derived_active_ms - gone.counted_ms,
          derived_cycles = t.derived_cycles - gone.cycles, derived_xp = t.derived_xp - gone.xp
        WHERE t.account_id = p_account AND t.local_date = gone.local_date AND t.device_id = gone.device_id;
        PERFORM breath.settle_days(p_account, gone.device_id, ARRAY[gone.local_date]);
      END IF;
      UPDATE breath.devices d SET rows_version = head.version
      WHERE d.account_id = p_account AND d.device_id IN (p_caller, p_devices[place]);
    END IF;
    RETURN NEXT;
  END LOOP;
  UPDATE breath.accounts a SET version = head.version, digest_count = head.digest_count,
    digest_high = head.digest_high, digest_low = head.digest_low
  WHERE a.account_id = p_account;
END
$$;

-- Devices that a caller knows of and the server does not, as after a restore, are made known again (without any
-- credential: they must still prove themselves); one that was cleared since is cleared here too.
CREATE FUNCTION breath.adopt_devices(
  p_account uuid, p_caller uuid, p_devices uuid[], p_names text[], p_zones text[], p_resets timestamptz[]
) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  devices_max CONSTANT integer := 100;
  next_version bigint;
BEGIN
  FOR i IN 1 .. cardinality(p_devices) LOOP
    IF p_devices[i] = p_caller THEN CONTINUE; END IF;
    IF NOT EXISTS (SELECT FROM breath.devices d WHERE d.account_id = p_account AND d.device_id = p_devices[i])
      AND (SELECT count(*) FROM breath.devices d WHERE d.account_id = p_account) < devices_max
    THEN
      UPDATE breath.accounts a SET version = a.version + 1 WHERE a.account_id = p_account
      RETURNING a.version INTO next_version;
      INSERT INTO breath.devices (account_id, device_id, version, name, time_zone, reset_at)
      VALUES (p_account, p_devices[i], next_version, p_names[i], breath.known_zone(p_zones[i]), p_resets[i]);
    ELSIF p_resets[i] IS NOT NULL THEN
      PERFORM breath.reset_device(p_account, p_caller, p_devices[i], p_resets[i]);
    END IF;
  END LOOP;
END
$$;

CREATE FUNCTION breath.known_zone(p_zone text) RETURNS text
LANGUAGE plpgsql STABLE
AS $$
BEGIN
  PERFORM now() AT TIME ZONE p_zone;
  RETURN p_zone;
EXCEPTION WHEN invalid_parameter_value THEN
  RETURN 'UTC';
END
$$;

-- Moves an account to a privacy tier and records the choice. Back to day totals: sessions go, and what they came to stays
-- as if it had been reported, so that no number changes; ids of deleted sessions, which tell a time, are forgotten.
CREATE FUNCTION breath.choose_detail(
  p_account uuid, p_device uuid, p_detail text, OUT removed_sessions bigint, OUT kept_days bigint
)
LANGUAGE plpgsql
AS $$
DECLARE
  head breath.accounts;
  records bigint;
  high bigint;
  low bigint;
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

  WITH gone AS (
    DELETE FROM breath.sessions s WHERE s.account_id = p_account RETURNING s.hash_high, s.hash_low
  )
  SELECT count(*), coalesce(bit_xor(g.hash_high), 0), coalesce(bit_xor(g.hash_low), 0) INTO removed_sessions, high, low
  FROM gone g;
  head.digest_count := head.digest_count - removed_sessions;
  head.digest_high := head.digest_high # high;
  head.digest_low := head.digest_low # low;
  WITH forgotten AS (
    UPDATE breath.tombstones t SET session_id = NULL WHERE t.account_id = p_account AND t.session_id IS NOT NULL
    RETURNING t.hash_high, t.hash_low
  )
  SELECT count(*), coalesce(bit_xor(f.hash_high), 0), coalesce(bit_xor(f.hash_low), 0) INTO records, high, low
  FROM forgotten f;
  head.digest_count := head.digest_count - records;
  head.digest_high := head.digest_high # high;
  head.digest_low := head.digest_low # low;

  -- The hash of the reported numbers before, and of the same numbers as they will be.
  SELECT sum(after.records - before.records), bit_xor(before.high # after.high), bit_xor(before.low # after.low)
  INTO records, high, low
  FROM breath.day_totals t
  CROSS JOIN LATERAL breath.day_hash(
    t.device_id, t.local_date, t.reported_sessions, t.reported_active_ms, t.reported_cycles, t.reported_xp) AS before
  CROSS JOIN LATERAL breath.day_hash(t.device_id, t.local_date, t.sessions, t.active_ms, t.cycles, t.xp) AS after
  WHERE t.account_id = p_account;
  head.digest_count := head.digest_count + coalesce(records, 0);
  head.digest_high := head.digest_high # coalesce(high, 0);
  head.digest_low := head.digest_low # coalesce(low, 0);

  WITH coarsened AS (
    UPDATE breath.day_totals t SET version = head.version + n.place,
      reported_sessions = t.sessions, reported_active_ms = t.active_ms, reported_cycles = t.cycles, reported_xp = t.xp,
      derived_sessions = 0, derived_active_ms = 0, derived_cycles = 0, derived_xp = 0
    FROM (
      SELECT device_id, local_date, row_number() OVER (ORDER BY local_date, device_id) AS place
      FROM breath.day_totals
      WHERE account_id = p_account
        AND greatest(derived_sessions, derived_active_ms, derived_cycles, derived_xp) > 0
    ) AS n
    WHERE t.account_id = p_account AND t.device_id = n.device_id AND t.local_date = n.local_date
    RETURNING 1
  )
  SELECT count(*) INTO kept_days FROM coarsened;
  UPDATE breath.accounts a SET version = head.version + kept_days, digest_count = head.digest_count,
    digest_high = head.digest_high, digest_low = head.digest_low
  WHERE a.account_id = p_account
  RETURNING a.version INTO head.version;
  UPDATE breath.devices d SET rows_version = head.version WHERE d.account_id = p_account;
END
$$;

-- Every record that the digest is made of, by device and day; a tombstone has no day, and one whose id was forgotten is no
-- record: no client could name it. Inlined where it is used.
CREATE FUNCTION breath.records(p_account uuid)
RETURNS TABLE (device_id uuid, local_date date, high bigint, low bigint)
LANGUAGE sql STABLE
AS $$
  SELECT s.device_id, s.local_date, s.hash_high, s.hash_low FROM breath.sessions s WHERE s.account_id = p_account
  UNION ALL
  SELECT t.device_id, NULL, t.hash_high, t.hash_low FROM breath.tombstones t
  WHERE t.account_id = p_account AND t.session_id IS NOT NULL
  UNION ALL
  SELECT t.device_id, t.local_date, h.high, h.low
  FROM breath.day_totals t
  CROSS JOIN LATERAL breath.day_hash(
    t.device_id, t.local_date, t.reported_sessions, t.reported_active_ms, t.reported_cycles, t.reported_xp) AS h
  WHERE t.account_id = p_account AND h.records > 0
$$;

CREATE FUNCTION breath.digest_text(p_count bigint, p_high bigint, p_low bigint) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT p_count || '-' || lpad(to_hex(p_high), 16, '0') || lpad(to_hex(p_low), 16, '0') $$;

-- One page of an account's rows in version order, whatever their table, as JSON that is spliced into the answer unread.
-- STABLE, so that all of it sees one snapshot: rows first and the account's version second would lose rows
-- (RELIABILITY 2.3). The usual answer is that nobody else wrote anything: that is told from the devices alone.
--   p_own: the caller's own rows as well; p_plain: sessions have the extension's members and no others.
CREATE FUNCTION breath.pull(
  p_account uuid, p_device uuid, p_incarnation uuid, p_version bigint, p_limit integer, p_own boolean, p_plain boolean,
  OUT incarnation uuid, OUT next_version bigint, OUT more boolean, OUT is_restart boolean, OUT sessions text,
  OUT days text, OUT settings text, OUT deletions text, OUT devices text, OUT holdings text
)
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
  head bigint;
  start bigint;
BEGIN
  SELECT a.version, i.incarnation INTO head, incarnation
  FROM breath.accounts a
  CROSS JOIN (SELECT l.incarnation FROM breath.incarnations l ORDER BY l.begun_at DESC LIMIT 1) AS i
  WHERE a.account_id = p_account;
  is_restart := p_version IS NOT NULL AND (p_incarnation <> incarnation OR p_version > head);
  start := CASE WHEN is_restart THEN 0 ELSE coalesce(p_version, 0) END;
  next_version := head;
  more := false;
  IF is_restart THEN
    holdings := breath.holdings(p_account);
  END IF;
  IF NOT p_own AND NOT EXISTS (
    SELECT FROM breath.devices d
    WHERE d.account_id = p_account AND d.device_id <> p_device AND greatest(d.version, d.rows_version) > start
  ) THEN
    RETURN;
  END IF;

  -- Device by device, each from where the cursor stands, then merged: no row is looked at that is not wanted.
  WITH others AS (
    SELECT d.device_id FROM breath.devices d
    WHERE d.account_id = p_account AND (p_own OR d.device_id <> p_device) AND d.rows_version > start
  ), page AS (
    (SELECT s.version, 'sessions' AS kind, s.device_id,
      CASE WHEN p_plain THEN '{' || s.facts || '}'
        ELSE '{' || s.facts || ',"device":"' || s.device_id || '","localDate":"' || s.local_date || '"}' END AS item
    FROM others d
    CROSS JOIN LATERAL (
      SELECT t.version, t.facts, t.device_id, t.local_date FROM breath.sessions t
      WHERE t.account_id = p_account AND t.device_id = d.device_id AND t.version > start
      ORDER BY t.version LIMIT p_limit + 1
    ) AS s
    ORDER BY s.version LIMIT p_limit + 1)
    UNION ALL
    (SELECT s.version, 'days', s.device_id, breath.day_json(s)
    FROM others d
    CROSS JOIN LATERAL (
      SELECT t.* FROM breath.day_totals t
      WHERE t.account_id = p_account AND t.device_id = d.device_id AND t.version > start
      ORDER BY t.version LIMIT p_limit + 1
    ) AS s
    ORDER BY s.version LIMIT p_limit + 1)
    UNION ALL
    (SELECT t.version, 'settings', NULL,
      '{"module":"' || t.module || '","key":' || to_json(t.key) || ',"value":' || t.value || ',"changedAt":"'
        || breath.time_json(t.changed_at) || '","device":"' || t.device_id || '"}'
    FROM breath.settings t
    WHERE t.account_id = p_account AND t.version > start
      AND NOT EXISTS (
        SELECT FROM breath.settings w
        WHERE w.account_id = p_account AND w.module = t.module AND w.key = t.key
          AND (w.changed_at, w.device_id) > (t.changed_at, t.device_id))
    ORDER BY t.version LIMIT p_limit + 1)
    UNION ALL
    (SELECT t.version, 'deletions', t.device_id, '{"session":' || to_json(t.session_id) || ',"device":"' || t.device_id || '"}'
    FROM breath.tombstones t
    WHERE t.account_id = p_account AND t.version > start AND (p_own OR t.deleted_by <> p_device)
      AND t.session_id IS NOT NULL
    ORDER BY t.version LIMIT p_limit + 1)
    UNION ALL
    (SELECT d.version, 'devices', d.device_id, NULL
    FROM breath.devices d
    WHERE d.account_id = p_account AND (p_own OR d.device_id <> p_device) AND d.version > start
    ORDER BY d.version LIMIT p_limit + 1)
    ORDER BY version
    LIMIT p_limit + 1
  ), kept AS (
    SELECT * FROM page ORDER BY version LIMIT p_limit
  )
  SELECT (SELECT count(*) FROM page) > p_limit,
    CASE WHEN (SELECT count(*) FROM page) > p_limit THEN max(k.version) ELSE head END,
    string_agg(k.item, ',' ORDER BY k.version) FILTER (WHERE k.kind = 'sessions'),
    string_agg(k.item, ',' ORDER BY k.version) FILTER (WHERE k.kind = 'days'),
    string_agg(k.item, ',' ORDER BY k.version) FILTER (WHERE k.kind = 'settings'),
    string_agg(k.item, ',' ORDER BY k.version) FILTER (WHERE k.kind = 'deletions'),
    -- With whatever a page has of a device comes the device as it is now: what it practised after it was cleared must not
    -- be held without the marker that says so.
    (SELECT string_agg(breath.device_json(d), ',' ORDER BY d.version) FROM breath.devices d
      WHERE d.account_id = p_account AND (p_own OR d.device_id <> p_device)
        AND d.device_id IN (SELECT device_id FROM kept))
  INTO more, next_version, sessions, days, settings, deletions, devices
  FROM kept k;
END
$$;

-- The numbers that count and, where some are derived from sessions, those that were reported.
CREATE FUNCTION breath.day_json(d breath.day_totals) RETURNS text
LANGUAGE sql STABLE
AS $$
  SELECT '{"date":"' || d.local_date || '","device":"' || d.device_id || '","sessions":' || d.sessions
    || ',"activeMs":' || d.active_ms || ',"cycles":' || d.cycles || ',"xp":' || d.xp
    || CASE WHEN greatest(d.derived_sessions, d.derived_active_ms, d.derived_cycles, d.derived_xp) > 0
      THEN ',"reported":{"sessions":' || d.reported_sessions || ',"activeMs":' || d.reported_active_ms
        || ',"cycles":' || d.reported_cycles || ',"xp":' || d.reported_xp || '}' ELSE '' END
    || '}'
$$;

CREATE FUNCTION breath.time_json(t timestamptz) RETURNS text
LANGUAGE sql STABLE
AS $$ SELECT to_char(t AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') $$;

CREATE FUNCTION breath.device_json(d breath.devices) RETURNS text
LANGUAGE sql STABLE
AS $$
  SELECT '{"id":"' || d.device_id || '","name":' || to_json(d.name) || ',"timeZone":' || to_json(d.time_zone)
    || ',"reset":' || coalesce('"' || breath.time_json(d.reset_at) || '"', 'null')
    || ',"revoked":' || (d.revoked_at IS NOT NULL) || '}'
$$;

-- What the server has of each device: its own copy tells a device what was lost.
CREATE FUNCTION breath.holdings(p_account uuid) RETURNS text
LANGUAGE sql STABLE
AS $$
  SELECT string_agg(
    '{"device":"' || d.device_id || '","records":' || h.records || ',"digest":"'
      || breath.digest_text(h.records, h.high, h.low) || '"}', ',' ORDER BY d.version)
  FROM breath.devices d
  LEFT JOIN LATERAL (
    SELECT count(*) AS records, coalesce(bit_xor(r.high), 0) AS high, coalesce(bit_xor(r.low), 0) AS low
    FROM breath.records(p_account) r WHERE r.device_id = d.device_id
  ) AS h ON true
  WHERE d.account_id = p_account
$$;

REVOKE ALL ON FUNCTION
  breath.begin_request, breath.refuse_erased, breath.record_hash, breath.tombstone_hash, breath.day_hash,
  breath.settle_days, breath.reset_device, breath.delete_sessions, breath.adopt_devices, breath.known_zone,
  breath.choose_detail, breath.records, breath.digest_text, breath.pull, breath.day_json, breath.device_json,
  breath.time_json, breath.holdings FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.begin_request, breath.refuse_erased TO breath_sync, breath_stats, breath_auth;
GRANT EXECUTE ON FUNCTION
  breath.record_hash, breath.tombstone_hash, breath.day_hash, breath.settle_days, breath.reset_device,
  breath.delete_sessions, breath.adopt_devices, breath.known_zone, breath.choose_detail, breath.records,
  breath.digest_text, breath.pull, breath.day_json, breath.device_json, breath.time_json, breath.holdings TO breath_sync;
