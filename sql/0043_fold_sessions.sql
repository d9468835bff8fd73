SET LOCAL ROLE breath_owner;

-- Sessions of an account that shares day totals only count in their days, and are not kept. They come in parts, a push
-- at a time, and any push may come again: so that two parts of a day add up and a part that comes twice does not, each
-- day remembers which sessions it is made of, by a hash of their ids (docs/decisions/0028).
CREATE TABLE breath.folded_days (
  account_id uuid NOT NULL,
  device_id uuid NOT NULL,
  local_date date NOT NULL,
  session_keys bigint[] NOT NULL,
  active_ms bigint NOT NULL,
  cycles bigint NOT NULL,
  xp bigint NOT NULL,
  CONSTRAINT folded_days_pkey PRIMARY KEY (account_id, device_id, local_date),
  -- A device that moves to another account takes them along; an erased account leaves none.
  CONSTRAINT folded_days_device FOREIGN KEY (account_id, device_id) REFERENCES breath.devices
    ON UPDATE CASCADE ON DELETE CASCADE
);
ALTER TABLE breath.folded_days ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY folded_days_of_account ON breath.folded_days
  USING (account_id = (SELECT nullif(current_setting('breath.account', true), '')::uuid))
  WITH CHECK (account_id = (SELECT nullif(current_setting('breath.account', true), '')::uuid));
CREATE POLICY folded_days_of_merge ON breath.folded_days TO breath_merge USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON breath.folded_days TO breath_sync, breath_merge;

CREATE FUNCTION breath.session_key(p_session text) RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT ('x' || encode(substr(sha256(convert_to(p_session, 'UTF8')), 1, 8), 'hex'))::bit(64)::bigint $$;

-- What days of a device are made of, carried over to their totals: a fold is a report that only grows (docs/sync.md).
CREATE FUNCTION breath.report_folded_days(p_account uuid, p_device uuid, p_dates date[]) RETURNS void
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

-- Counts the sessions that a push brings of one device in their days, those that are new there. Answers what became of
-- each: 'folded', 'duplicate', 'tombstoned', 'account_full', or what keeps out all of the device. The rest is as in
-- store_sessions.
--   p_only_folded: into days that have folded sessions already, and no others; says nothing.
CREATE FUNCTION breath.fold_sessions(
  p_account uuid, p_caller uuid, p_device uuid, p_marker timestamptz, p_request_id text, p_only_folded boolean,
  p_ids text[], p_started_at timestamptz[], p_local_dates date[], p_counted_ms bigint[], p_cycles bigint[],
  p_xp bigint[]
) RETURNS TABLE (place integer, status text, folded_on date)
LANGUAGE plpgsql
AS $$
DECLARE
  named_max CONSTANT integer := 100;
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
  INSERT INTO breath.push_ledger (account_id, device_id, request_id, kind, stored, duplicate, rejected, verdicts)
  SELECT p_account, p_caller, p_request_id, 'sessions', count(*) FILTER (WHERE j.status = 'folded'),
    count(*) FILTER (WHERE j.status = 'duplicate'), count(*) FILTER (WHERE j.status NOT IN ('folded', 'duplicate')),
    jsonb_agg(jsonb_build_object('id', p_ids[j.place], 'status', j.status) ORDER BY j.place)
      FILTER (WHERE j.status NOT IN ('folded', 'duplicate') AND j.place <= named_max)
  FROM unnest(statuses) WITH ORDINALITY AS j (status, place)
  HAVING count(*) > 0;
  RETURN QUERY
    SELECT j.place::integer, j.status, dates[j.place] FROM unnest(statuses) WITH ORDINALITY AS j (status, place);
END
$$;

-- Stores the sessions of a push where the account shares them, and counts them in their days where it does not. Answers
-- as store_sessions does, or as fold_sessions, with a row for each.
CREATE FUNCTION breath.store_or_fold_sessions(
  p_account uuid, p_caller uuid, p_device uuid, p_marker timestamptz, p_request_id text,
  p_ids text[], p_started_at timestamptz[], p_local_dates date[], p_facts text[], p_counted_ms bigint[],
  p_cycles bigint[], p_xp bigint[], p_flags smallint[], p_hash_high bigint[], p_hash_low bigint[]
) RETURNS TABLE (place integer, status text, folded_on date)
LANGUAGE plpgsql
AS $$
BEGIN
  IF (SELECT a.detail FROM breath.accounts a WHERE a.account_id = p_account) = 'days' THEN
    RETURN QUERY SELECT f.* FROM breath.fold_sessions(
      p_account, p_caller, p_device, p_marker, p_request_id, false, p_ids, p_started_at, p_local_dates, p_counted_ms,
      p_cycles, p_xp) AS f;
    RETURN;
  END IF;
  RETURN QUERY SELECT s.place, s.status, NULL::date FROM breath.store_sessions(
    p_account, p_caller, p_device, p_marker, p_request_id, NULL, p_ids, p_started_at, p_local_dates, p_facts,
    p_counted_ms, p_cycles, p_xp, p_flags, p_hash_high, p_hash_low) AS s;
  -- A day of which the first sessions were not shared yet is made of those too.
  IF EXISTS (SELECT FROM breath.folded_days f WHERE f.account_id = p_account AND f.device_id = p_device) THEN
    PERFORM breath.fold_sessions(
      p_account, p_caller, p_device, p_marker, p_request_id, true, p_ids, p_started_at, p_local_dates, p_counted_ms,
      p_cycles, p_xp);
  END IF;
END
$$;

REVOKE ALL ON FUNCTION breath.session_key, breath.report_folded_days, breath.fold_sessions,
  breath.store_or_fold_sessions FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.session_key TO breath_sync, breath_merge, breath_auth;
GRANT EXECUTE ON FUNCTION breath.report_folded_days, breath.fold_sessions, breath.store_or_fold_sessions TO breath_sync;

-- An account goes back to day totals: what it shared is what its days are made of, so that the same sessions again, or
-- the next ones of a day, count as they should. Before the sessions are removed.
CREATE FUNCTION breath.remember_folded_days() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
  INSERT INTO breath.folded_days AS f (account_id, device_id, local_date, session_keys, active_ms, cycles, xp)
  SELECT NEW.account_id, s.device_id, s.local_date, array_agg(s.key), sum(s.counted_ms), sum(s.cycles), sum(s.xp)
  FROM (
    SELECT n.*, breath.session_key(n.session_id) AS key FROM breath.sessions n WHERE n.account_id = NEW.account_id
  ) AS s
  WHERE NOT EXISTS (
    SELECT FROM breath.folded_days o
    WHERE o.account_id = s.account_id AND o.device_id = s.device_id
      AND o.local_date BETWEEN s.local_date - 4 AND s.local_date + 4 AND s.key = ANY (o.session_keys))
  GROUP BY s.device_id, s.local_date
  ON CONFLICT (account_id, device_id, local_date) DO UPDATE SET
    session_keys = f.session_keys || excluded.session_keys, active_ms = f.active_ms + excluded.active_ms,
    cycles = f.cycles + excluded.cycles, xp = f.xp + excluded.xp;
  RETURN NULL;
END
$$;
CREATE TRIGGER accounts_remember_folded_days AFTER UPDATE OF detail ON breath.accounts
  FOR EACH ROW WHEN (old.detail = 'sessions' AND new.detail = 'days') EXECUTE FUNCTION breath.remember_folded_days();

-- What a device practised before it was cleared is no part of the days that follow.
CREATE FUNCTION breath.forget_folded_days() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
  DELETE FROM breath.folded_days f WHERE f.account_id = NEW.account_id AND f.device_id = NEW.device_id;
  RETURN NULL;
END
$$;
CREATE TRIGGER devices_forget_folded_days AFTER UPDATE OF reset_at ON breath.devices
  FOR EACH ROW WHEN (old.reset_at IS DISTINCT FROM new.reset_at) EXECUTE FUNCTION breath.forget_folded_days();
REVOKE ALL ON FUNCTION breath.remember_folded_days, breath.forget_folded_days FROM PUBLIC;
