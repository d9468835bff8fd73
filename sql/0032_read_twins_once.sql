SET LOCAL ROLE breath_owner;

-- As before (0026); in the extension's shape, which knows no devices, a session that several hold comes once.
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
      WHERE t.counts OR NOT p_plain
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
  -- With whatever a page has of a device comes the device as it is now: what it practised after it was cleared must
  -- not be held without the marker that says so.
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

-- As before (0025), by what counts.
CREATE OR REPLACE FUNCTION breath.claim_challenge(
  p_account uuid, p_device uuid, p_date date, p_challenge text, p_xp bigint, p_xp_from bigint, p_xp_below bigint,
  p_cycles bigint, p_active_ms bigint, p_session_ms bigint, p_minute_from integer, p_minute_below integer,
  OUT outcome text
)
LANGUAGE plpgsql
AS $$
DECLARE
  head breath.accounts;
  clock timestamp;
  day record;
  xp_before bigint;
BEGIN
  SELECT * INTO head FROM breath.accounts a WHERE a.account_id = p_account;
  SELECT clock_timestamp() AT TIME ZONE d.time_zone INTO clock
  FROM breath.devices d WHERE d.account_id = p_account AND d.device_id = p_device;
  IF EXISTS (
    SELECT FROM breath.challenge_claims c
    WHERE c.account_id = p_account AND c.local_date = p_date AND c.challenge = p_challenge
  ) THEN
    outcome := 'claimed_before';
    RETURN;
  END IF;
  outcome := 'other_day';
  IF p_date <> (clock - head.day_start_minutes * interval '1 minute')::date THEN
    RETURN;
  END IF;
  SELECT coalesce(sum(t.sessions), 0) AS sessions, coalesce(sum(t.active_ms), 0) AS active_ms,
    coalesce(sum(t.cycles), 0) AS cycles, coalesce(sum(t.xp), 0) AS xp
  INTO day FROM breath.day_totals t WHERE t.account_id = p_account AND t.local_date = p_date;
  xp_before := head.awarded_xp - day.xp
    - (SELECT coalesce(sum(c.xp), 0) FROM breath.challenge_claims c
       WHERE c.account_id = p_account AND c.local_date = p_date)
    + (SELECT t.xp FROM breath.totals(p_account) AS t);
  outcome := 'other_level';
  IF NOT (greatest(xp_before, 0) >= p_xp_from AND greatest(xp_before, 0) < coalesce(p_xp_below, xp_before + 1)) THEN
    RETURN;
  END IF;
  outcome := 'not_yet';
  IF day.sessions = 0 OR day.cycles < p_cycles OR day.active_ms < p_active_ms
    OR (p_session_ms > 0 AND day.active_ms < p_session_ms * day.sessions AND NOT EXISTS (
      SELECT FROM breath.sessions s
      WHERE s.account_id = p_account AND s.local_date = p_date AND s.counts AND s.counted_ms >= p_session_ms))
    OR (extract(hour FROM clock) * 60 + extract(minute FROM clock) NOT BETWEEN p_minute_from AND p_minute_below - 1
      AND NOT EXISTS (
        SELECT FROM breath.sessions s
        WHERE s.account_id = p_account AND s.local_date = p_date AND s.counts
          AND s.local_minute BETWEEN p_minute_from AND p_minute_below - 1))
  THEN
    RETURN;
  END IF;
  INSERT INTO breath.challenge_claims (account_id, local_date, challenge, xp)
  VALUES (p_account, p_date, p_challenge, p_xp);
  UPDATE breath.accounts a SET awarded_xp = a.awarded_xp + p_xp, version = a.version + 1 WHERE a.account_id = p_account;
  outcome := 'claimed';
END
$$;

REVOKE ALL ON FUNCTION
  breath.session_content, breath.sessions_begun, breath.session_named, breath.tombstone_of, breath.day_of,
  breath.days_on, breath.practised_after, breath.settle_derived, breath.settle_twins,
  breath.connect_devices, breath.settle_groups, breath.settle_deleted, breath.mark_twins, breath.mark_full,
  breath.store_twins,  breath.totals FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
  breath.session_content, breath.sessions_begun, breath.session_named, breath.tombstone_of, breath.day_of,
  breath.days_on, breath.practised_after, breath.settle_derived, breath.settle_twins,
  breath.connect_devices, breath.settle_groups, breath.settle_deleted, breath.totals TO breath_sync, breath_merge;
GRANT EXECUTE ON FUNCTION breath.mark_twins, breath.mark_full, breath.store_twins TO breath_sync;
GRANT EXECUTE ON FUNCTION breath.totals TO breath_stats;

-- What is there already. An account whose devices have no start in common costs one look at its sessions.
DO $$
DECLARE
  account uuid;
BEGIN
  FOR account IN
    SELECT s.account_id FROM breath.sessions s GROUP BY s.account_id HAVING count(DISTINCT s.device_id) > 1
  LOOP
    PERFORM set_config('breath.account', account::text, true);
    PERFORM breath.settle_twins(account, NULL);
  END LOOP;
  PERFORM set_config('breath.account', '', true);
END
$$;
ALTER TABLE breath.accounts FORCE ROW LEVEL SECURITY;
ALTER TABLE breath.devices FORCE ROW LEVEL SECURITY;
ALTER TABLE breath.sessions FORCE ROW LEVEL SECURITY;
ALTER TABLE breath.day_totals FORCE ROW LEVEL SECURITY;

-- As before (0025), by what counts.
RESET ROLE;
CREATE OR REPLACE FUNCTION breath.standing(
  p_account uuid, p_time_zone text, OUT devices bigint, OUT sessions bigint, OUT total_xp bigint, OUT active_ms bigint,
  OUT longest_streak bigint, OUT today date, OUT run_starts date[], OUT run_ends date[], OUT plan_dates date[],
  OUT daily_minutes smallint[], OUT weekly_minutes smallint[], OUT weekly_days smallint[], OUT rest_days smallint[],
  OUT freezes_from date
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT t.devices, t.sessions, t.xp + a.awarded_xp, t.active_ms, t.longest_streak,
    ((clock_timestamp() AT TIME ZONE p_time_zone) - a.day_start_minutes * interval '1 minute')::date,
    ARRAY(SELECT lower(r) FROM unnest(a.practised) r), ARRAY(SELECT upper(r) FROM unnest(a.practised) r),
    p.dates, p.daily_minutes, p.weekly_minutes, p.weekly_days, p.rest_days, (a.created_at AT TIME ZONE 'UTC')::date
  FROM breath.accounts a
  CROSS JOIN (
    SELECT (SELECT count(*) FROM breath.devices d WHERE d.account_id = p_account AND d.left_at IS NULL) AS devices,
      coalesce(s.sessions, 0) AS sessions, coalesce(s.xp, 0) AS xp, coalesce(s.active_ms, 0) AS active_ms,
      coalesce(s.longest_streak, 0) AS longest_streak
    FROM breath.totals(p_account) AS s
  ) AS t
  CROSS JOIN (
    SELECT array_agg(o.from_date) AS dates, array_agg(o.daily_minutes) AS daily_minutes,
      array_agg(o.weekly_minutes) AS weekly_minutes, array_agg(o.weekly_days) AS weekly_days,
      array_agg(o.rest_days) AS rest_days
    FROM (SELECT * FROM breath.plans WHERE account_id = p_account ORDER BY from_date) AS o
  ) AS p
  WHERE a.account_id = p_account
$$;
