-- A push finds what it brings by keys, and an index that only begins with the account looks as cheap to a planner that
-- believes that accounts have few rows, or knows nothing: it then reads all of the account for each key. So what is
-- looked up here is asked for in the order of the index that has it, and what would have to be sorted looks dear.
ALTER ROLE breath_sync SET enable_sort = off;

SET LOCAL ROLE breath_owner;

-- One session that several devices of an account hold (docs/decisions/0022): each keeps its copy, and those of one
-- device count.

-- What is settled below for all accounts at once; forced row-level security keeps even the owner from it.
ALTER TABLE breath.accounts NO FORCE ROW LEVEL SECURITY;
ALTER TABLE breath.devices NO FORCE ROW LEVEL SECURITY;
ALTER TABLE breath.sessions NO FORCE ROW LEVEL SECURITY;
ALTER TABLE breath.day_totals NO FORCE ROW LEVEL SECURITY;

-- False for a twin: another device's copy of the same session counts.
ALTER TABLE breath.sessions ADD COLUMN counts boolean NOT NULL DEFAULT true;

ALTER TABLE breath.day_totals
  DROP COLUMN sessions, DROP COLUMN active_ms, DROP COLUMN cycles, DROP COLUMN xp,
  -- What the device's twins come to; that part of its report is told by another device as well. Kept when single
  -- sessions go, so that no number changes.
  ADD COLUMN twin_sessions bigint NOT NULL DEFAULT 0,
  ADD COLUMN twin_active_ms bigint NOT NULL DEFAULT 0,
  ADD COLUMN twin_cycles bigint NOT NULL DEFAULT 0,
  ADD COLUMN twin_xp bigint NOT NULL DEFAULT 0;
ALTER TABLE breath.day_totals
  ADD COLUMN sessions bigint NOT NULL
    GENERATED ALWAYS AS (greatest(reported_sessions - twin_sessions, derived_sessions)) STORED,
  ADD COLUMN active_ms bigint NOT NULL
    GENERATED ALWAYS AS (greatest(reported_active_ms - twin_active_ms, derived_active_ms)) STORED,
  ADD COLUMN cycles bigint NOT NULL
    GENERATED ALWAYS AS (greatest(reported_cycles - twin_cycles, derived_cycles)) STORED,
  ADD COLUMN xp bigint NOT NULL GENERATED ALWAYS AS (greatest(reported_xp - twin_xp, derived_xp)) STORED;

ALTER TABLE breath.devices
  -- Sums over the twins of its day totals.
  ADD COLUMN twin_active_ms bigint NOT NULL DEFAULT 0,
  ADD COLUMN twin_xp bigint NOT NULL DEFAULT 0,
  -- Of sessions that were deleted of this device while another one had them: its counters still tell them.
  ADD COLUMN elsewhere_active_ms bigint NOT NULL DEFAULT 0,
  ADD COLUMN elsewhere_xp bigint NOT NULL DEFAULT 0,
  -- Devices that had a session of this one's; NULL: none.
  ADD COLUMN twin_devices uuid[],
  -- The least device of those of this account that share history, directly or through others; NULL: alone.
  ADD COLUMN twin_group uuid;

-- What tells one session from another, whoever holds it. Compared as jsonb, to which 5 and 5.0 are one number.
CREATE FUNCTION breath.session_content(p_facts text) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT ('{' || p_facts || '}')::jsonb - ARRAY['id', 'goalBonusXP', 'pledgeMultiplier', 'pledgeHonored']
$$;

-- The sessions that began then, found by the index that views have, without one more: no zone and no day start is
-- farther than two days from the date in UTC, and nobody may name a date that is (`PushedSession`). The range of one
-- start makes the planner take that index, for its order, even when it knows nothing of the table.
CREATE FUNCTION breath.sessions_begun(p_account uuid, p_start timestamptz) RETURNS SETOF breath.sessions
LANGUAGE sql STABLE
AS $$
  SELECT s.*
  FROM generate_series(-2, 2) AS d (days)
  CROSS JOIN LATERAL (
    SELECT * FROM breath.sessions t
    WHERE t.account_id = p_account AND t.local_date = (p_start AT TIME ZONE 'UTC')::date + d.days
      AND t.started_at BETWEEN p_start AND p_start
    ORDER BY t.started_at
  ) AS s
$$;

-- One row, asked for by a range of one value in the order of its key.
CREATE FUNCTION breath.session_named(p_account uuid, p_device uuid, p_session text) RETURNS SETOF breath.sessions
LANGUAGE sql STABLE
AS $$
  SELECT * FROM breath.sessions s
  WHERE s.account_id = p_account AND s.device_id = p_device AND s.session_id BETWEEN p_session AND p_session
  ORDER BY s.session_id LIMIT 1
$$;

CREATE FUNCTION breath.tombstone_of(p_account uuid, p_high bigint, p_low bigint) RETURNS SETOF breath.tombstones
LANGUAGE sql STABLE
AS $$
  SELECT * FROM breath.tombstones t
  WHERE t.account_id = p_account AND t.hash_high = p_high AND t.hash_low BETWEEN p_low AND p_low
  ORDER BY t.hash_low LIMIT 1
$$;

CREATE FUNCTION breath.day_of(p_account uuid, p_date date, p_device uuid) RETURNS SETOF breath.day_totals
LANGUAGE sql STABLE
AS $$
  SELECT * FROM breath.day_totals t
  WHERE t.account_id = p_account AND t.local_date BETWEEN p_date AND p_date AND t.device_id = p_device
  ORDER BY t.local_date LIMIT 1
$$;

-- Of all devices.
CREATE FUNCTION breath.days_on(p_account uuid, p_date date) RETURNS SETOF breath.day_totals
LANGUAGE sql STABLE
AS $$
  SELECT * FROM breath.day_totals t
  WHERE t.account_id = p_account AND t.local_date BETWEEN p_date AND p_date
  ORDER BY t.local_date
$$;

-- The union of dates with practice, after these got some and these of a device have none: they leave when nobody else
-- practised on them.
CREATE FUNCTION breath.practised_after(p_account uuid, p_practised date[], p_emptied date[]) RETURNS datemultirange
LANGUAGE sql STABLE
AS $$
  SELECT a.practised
    + coalesce((SELECT range_agg(daterange(d, d, '[]')) FROM unnest(p_practised) AS d), '{}')
    - coalesce((
      SELECT range_agg(daterange(d, d, '[]')) FROM unnest(p_emptied) AS d
      WHERE NOT EXISTS (SELECT FROM breath.days_on(p_account, d) AS t WHERE t.sessions > 0)), '{}')
  FROM breath.accounts a WHERE a.account_id = p_account
$$;

-- Of these days of devices, what follows from the sessions: derived numbers and twins, anew and only where they differ,
-- with the sums of the devices and the dates practised. Whoever writes holds the account's row.
CREATE FUNCTION breath.settle_derived(p_account uuid, p_devices uuid[], p_dates date[]) RETURNS void
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
        -- Ordered, and without an end, for the same reason as above.
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

-- Decides whose copies count of the sessions that began then (NULL: of all), with everything that follows from it. Of
-- one content those of the device with most copies do, on a tie of the one whose copies counted before, or came
-- first.
CREATE FUNCTION breath.settle_twins(p_account uuid, p_starts timestamptz[]) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  of_devices uuid[];
  dates date[];
  holders uuid[];
  others uuid[];
BEGIN
  WITH copies AS (
    SELECT s.device_id, s.session_id, s.version, s.local_date, s.counts,
      jsonb_hash_extended(breath.session_content(s.facts), 0) AS content
    FROM (SELECT DISTINCT * FROM unnest(p_starts)) AS i (started_at)
    CROSS JOIN LATERAL breath.sessions_begun(p_account, i.started_at) AS s
    UNION ALL
    SELECT s.device_id, s.session_id, s.version, s.local_date, s.counts,
      jsonb_hash_extended(breath.session_content(s.facts), 0)
    FROM (
      SELECT t.*, count(*) OVER (PARTITION BY t.started_at) AS together FROM breath.sessions t
      WHERE t.account_id = p_account AND p_starts IS NULL
    ) AS s
    WHERE s.together > 1 OR NOT s.counts
  ), ranked AS (
    SELECT c.*, count(*) OVER own AS copies, bool_or(c.counts) OVER own AS held, min(c.version) OVER own AS first
    FROM copies c
    WINDOW own AS (PARTITION BY c.content, c.device_id)
  ), judged AS MATERIALIZED (
    SELECT r.*, first_value(r.device_id) OVER (
        PARTITION BY r.content ORDER BY r.copies DESC, r.held DESC, r.first) AS holder
    FROM ranked r
  ), turned AS (
    UPDATE breath.sessions s SET counts = (j.device_id = j.holder)
    FROM judged j
    WHERE j.counts <> (j.device_id = j.holder) AND s.ctid = (
      SELECT t.ctid FROM breath.sessions t
      WHERE t.account_id = p_account AND t.device_id = j.device_id
        AND t.session_id BETWEEN j.session_id AND j.session_id
      ORDER BY t.session_id LIMIT 1)
  ), pairs AS (
    SELECT DISTINCT j.holder, j.device_id AS other FROM judged j WHERE j.device_id <> j.holder
  )
  SELECT array_agg(j.device_id), array_agg(j.local_date), (SELECT array_agg(p.holder) FROM pairs p),
    (SELECT array_agg(p.other) FROM pairs p)
  INTO of_devices, dates, holders, others
  FROM (SELECT DISTINCT d.device_id, d.local_date, d.content, d.counts FROM judged d) AS j
  WHERE NOT j.counts OR j.content IN (SELECT d.content FROM judged d WHERE d.device_id <> d.holder);
  IF of_devices IS NOT NULL THEN
    PERFORM breath.settle_derived(p_account, of_devices, dates);
  END IF;
  IF holders IS NOT NULL THEN
    PERFORM breath.connect_devices(p_account, holders || others, others || holders);
  END IF;
END
$$;

-- Keeps that these devices had a session in common, each with the other of the same place.
CREATE FUNCTION breath.connect_devices(p_account uuid, p_devices uuid[], p_others uuid[]) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
  UPDATE breath.devices d SET twin_devices = ARRAY(
    SELECT DISTINCT e FROM unnest(coalesce(d.twin_devices, '{}') || c.others) AS e ORDER BY e)
  FROM (
    SELECT i.device_id, array_agg(i.other) AS others FROM unnest(p_devices, p_others) AS i (device_id, other) GROUP BY 1
  ) AS c
  WHERE d.account_id = p_account AND d.device_id = c.device_id AND NOT coalesce(d.twin_devices, '{}') @> c.others;
  IF FOUND THEN
    PERFORM breath.settle_groups(p_account);
  END IF;
END
$$;

-- Who shares history with whom, of the devices that are here. What was told from elsewhere of a device that has
-- nobody to share with any more counts for it again.
CREATE FUNCTION breath.settle_groups(p_account uuid) RETURNS void
LANGUAGE sql
AS $$
  WITH RECURSIVE links AS (
    SELECT d.device_id, o.device_id AS other
    FROM breath.devices d JOIN breath.devices o ON o.device_id = ANY (d.twin_devices)
    WHERE d.account_id = p_account AND o.account_id = p_account AND d.left_at IS NULL AND o.left_at IS NULL
  ), reached AS (
    SELECT l.device_id, l.device_id AS other FROM links l
    UNION
    SELECT r.device_id, l.other FROM reached r JOIN links l ON l.device_id = r.other
  ), grouped AS (
    SELECT r.device_id, (array_agg(r.other ORDER BY r.other))[1] AS least FROM reached r GROUP BY r.device_id
  )
  UPDATE breath.devices d SET twin_group = g.least,
    elsewhere_active_ms = CASE WHEN g.least IS NULL THEN 0 ELSE d.elsewhere_active_ms END,
    elsewhere_xp = CASE WHEN g.least IS NULL THEN 0 ELSE d.elsewhere_xp END
  FROM breath.devices n LEFT JOIN grouped g ON g.device_id = n.device_id
  WHERE n.account_id = p_account AND d.account_id = p_account AND d.device_id = n.device_id
    AND (d.twin_group IS DISTINCT FROM g.least
      OR g.least IS NULL AND greatest(d.elsewhere_xp, d.elsewhere_active_ms) > 0)
$$;

-- What all devices of an account come to. What a device's counters tell beyond its practice, as of challenges, counts
-- too; but among devices that share history, whose counters tell the same story, only the largest such excess does.
CREATE FUNCTION breath.totals(p_account uuid)
RETURNS TABLE (
  xp bigint, sessions bigint, active_ms bigint, cycles bigint, longest_streak bigint, reported_active_ms bigint,
  challenges bigint
)
LANGUAGE sql STABLE
AS $$
  SELECT sum(g.xp)::bigint, sum(g.sessions)::bigint, sum(g.active_ms)::bigint, sum(g.cycles)::bigint,
    max(g.longest_streak), sum(g.reported_active_ms)::bigint, sum(g.challenges)::bigint
  FROM (
    SELECT greatest(
        max(d.reported_xp), sum(d.xp) + max(greatest(d.reported_xp - d.xp - d.twin_xp - d.elsewhere_xp, 0))) AS xp,
      sum(d.sessions) AS sessions, sum(d.active_ms) AS active_ms, sum(d.cycles) AS cycles,
      max(d.reported_longest_streak) AS longest_streak, max(d.reported_challenges) AS challenges,
      greatest(
        max(d.reported_active_ms),
        sum(greatest(least(d.reported_active_ms, d.active_ms + d.twin_active_ms) - d.twin_active_ms, 0))
          + max(greatest(d.reported_active_ms - d.active_ms - d.twin_active_ms - d.elsewhere_active_ms, 0))
      ) AS reported_active_ms
    FROM breath.devices d
    WHERE d.account_id = p_account
    GROUP BY coalesce(d.twin_group, d.device_id)
  ) AS g
$$;
