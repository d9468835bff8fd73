SET LOCAL ROLE breath_owner;

-- What is rewritten below for all accounts at once; forced row-level security keeps even the owner from it.
ALTER TABLE breath.sessions NO FORCE ROW LEVEL SECURITY;
ALTER TABLE breath.devices NO FORCE ROW LEVEL SECURITY;

-- When on the clock of the place it was practised, in minutes after midnight: kept as the local date is, so that a machine
-- that travels does not move what was practised before.
ALTER TABLE breath.sessions ADD COLUMN local_minute smallint;
UPDATE breath.sessions s SET local_minute =
  extract(hour FROM s.started_at AT TIME ZONE d.time_zone) * 60 + extract(minute FROM s.started_at AT TIME ZONE d.time_zone)
FROM breath.devices d WHERE d.account_id = s.account_id AND d.device_id = s.device_id;
UPDATE breath.sessions SET local_minute = extract(hour FROM started_at AT TIME ZONE 'UTC') * 60
WHERE local_minute IS NULL;
ALTER TABLE breath.sessions
  ALTER COLUMN local_minute SET NOT NULL,
  ADD CONSTRAINT sessions_minute_within_day CHECK (local_minute BETWEEN 0 AND 1439);

-- For views of single sessions. The primary key is made anew after it: of two indexes that look equally good while a table
-- has no statistics the planner takes the newer (0003).
CREATE INDEX sessions_by_date ON breath.sessions (account_id, local_date, started_at);
ALTER TABLE breath.sessions DROP CONSTRAINT sessions_pkey;
ALTER TABLE breath.sessions ADD CONSTRAINT sessions_pkey PRIMARY KEY (account_id, device_id, session_id);

ALTER TABLE breath.sessions FORCE ROW LEVEL SECURITY;
ALTER TABLE breath.devices FORCE ROW LEVEL SECURITY;

ALTER TABLE breath.accounts
  -- ISO 8601: 1 is Monday.
  ADD COLUMN week_start smallint NOT NULL DEFAULT 1,
  -- What the challenges that were claimed came to.
  ADD COLUMN awarded_xp bigint NOT NULL DEFAULT 0,
  ADD CONSTRAINT accounts_week_start_weekday CHECK (week_start BETWEEN 1 AND 7);

-- What a person means to practise and when they rest, from a date on: a day is judged by the plan that held on it, so that
-- a new plan does not rewrite the days before.
CREATE TABLE breath.plans (
  account_id uuid NOT NULL CONSTRAINT plans_account REFERENCES breath.accounts ON DELETE CASCADE,
  from_date date NOT NULL,
  version bigint NOT NULL,
  -- NULL: no such goal.
  daily_minutes smallint,
  weekly_minutes smallint,
  weekly_days smallint,
  -- One bit a weekday, the lowest for Monday.
  rest_days smallint NOT NULL,
  CONSTRAINT plans_pkey PRIMARY KEY (account_id, from_date),
  CONSTRAINT plans_goals_possible CHECK (
    daily_minutes BETWEEN 1 AND 1440 AND weekly_minutes BETWEEN 1 AND 10080 AND weekly_days BETWEEN 1 AND 7),
  -- Someone who rests on all days has no streak to speak of.
  CONSTRAINT plans_rest_days_within_week CHECK (rest_days BETWEEN 0 AND 126)
);

-- Challenges whose practice was there when they were claimed, once each.
CREATE TABLE breath.challenge_claims (
  account_id uuid NOT NULL CONSTRAINT challenge_claims_account REFERENCES breath.accounts ON DELETE CASCADE,
  local_date date NOT NULL,
  challenge text NOT NULL,
  xp bigint NOT NULL,
  claimed_at timestamptz NOT NULL DEFAULT now(),
  -- The account it was claimed in, when that was merged into this one.
  merged_from uuid,
  CONSTRAINT challenge_claims_pkey PRIMARY KEY (account_id, local_date, challenge),
  CONSTRAINT challenge_claims_sizes CHECK (xp BETWEEN 1 AND 1000 AND length(challenge) BETWEEN 1 AND 40)
);

-- Pictures that somebody shows to whoever has the id: what they chose to show, and nothing else.
CREATE TABLE breath.shares (
  account_id uuid NOT NULL CONSTRAINT shares_account REFERENCES breath.accounts ON DELETE CASCADE,
  share_id uuid NOT NULL,
  content text[] NOT NULL,
  name text,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- The account it was made in, when that was merged into this one.
  merged_from uuid,
  CONSTRAINT shares_pkey PRIMARY KEY (account_id, share_id),
  CONSTRAINT shares_id_unique UNIQUE (share_id),
  CONSTRAINT shares_content_known CHECK (
    content <@ ARRAY['level', 'streak', 'week', 'totals', 'heatmap', 'trend'] AND cardinality(content) > 0),
  CONSTRAINT shares_name_length CHECK (length(name) BETWEEN 1 AND 40)
);

DO $$
DECLARE
  table_name text;
BEGIN
  FOREACH table_name IN ARRAY ARRAY['plans', 'challenge_claims', 'shares'] LOOP
    EXECUTE format('ALTER TABLE breath.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', table_name);
    EXECUTE format(
      'CREATE POLICY %I ON breath.%I
         USING (account_id = (SELECT nullif(current_setting(''breath.account'', true), '''')::uuid))
         WITH CHECK (account_id = (SELECT nullif(current_setting(''breath.account'', true), '''')::uuid))',
      table_name || '_of_account', table_name);
  END LOOP;
END
$$;
-- Of whose account a share is, is what its id is asked for; it shows itself and no other.
CREATE POLICY shares_by_id ON breath.shares FOR SELECT TO breath_stats
  USING (share_id = (SELECT nullif(current_setting('breath.share', true), '')::uuid));
CREATE POLICY challenge_claims_of_merge ON breath.challenge_claims TO breath_merge USING (true);
CREATE POLICY shares_of_merge ON breath.shares TO breath_merge USING (true);
CREATE POLICY plans_of_merge ON breath.plans TO breath_merge USING (true);

GRANT SELECT ON breath.plans TO breath_sync, breath_merge;
GRANT SELECT, INSERT, UPDATE ON breath.plans TO breath_stats;
GRANT SELECT, INSERT ON breath.challenge_claims TO breath_stats;
GRANT SELECT, INSERT, UPDATE, DELETE ON breath.challenge_claims TO breath_merge;
GRANT SELECT, INSERT, DELETE ON breath.shares TO breath_stats;
GRANT SELECT, UPDATE ON breath.shares TO breath_merge;
GRANT SELECT ON breath.sessions TO breath_stats;
GRANT UPDATE (version, week_start, awarded_xp) ON breath.accounts TO breath_stats;

-- Begins the flight of a reader who has nothing but the id of a share, in the account that it is of. BM40S for an id that is
-- unknown, revoked or of an erased account.
CREATE FUNCTION breath.open_share(p_share uuid, OUT account uuid, OUT content text[], OUT name text)
LANGUAGE plpgsql
AS $$
BEGIN
  PERFORM set_config('breath.share', p_share::text, true);
  SELECT s.account_id, s.content, s.name INTO account, content, name FROM breath.shares s WHERE s.share_id = p_share;
  PERFORM set_config('breath.share', '', true);
  IF account IS NULL THEN
    RAISE EXCEPTION 'no such share' USING ERRCODE = 'BM40S';
  END IF;
  PERFORM set_config('breath.account', account::text, true);
END
$$;

-- Claims a challenge, once, in a flight that holds the account. What it asks for are thresholds (DailyChallenge.Requirement
-- in the domain): of the day's totals, or, where the account shares them, of one session. The level that the challenge is
-- for must be the one the person had when the day began, so that practising does not exchange the day's challenges.
-- `outcome`: 'claimed', 'claimed_before', 'not_yet', 'other_day', 'other_level'.
CREATE FUNCTION breath.claim_challenge(
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
    + (SELECT coalesce(sum(greatest(d.reported_xp, d.xp)), 0) FROM breath.devices d WHERE d.account_id = p_account);
  outcome := 'other_level';
  IF NOT (greatest(xp_before, 0) >= p_xp_from AND greatest(xp_before, 0) < coalesce(p_xp_below, xp_before + 1)) THEN
    RETURN;
  END IF;
  outcome := 'not_yet';
  IF day.sessions = 0 OR day.cycles < p_cycles OR day.active_ms < p_active_ms
    OR (p_session_ms > 0 AND day.active_ms < p_session_ms * day.sessions AND NOT EXISTS (
      SELECT FROM breath.sessions s
      WHERE s.account_id = p_account AND s.local_date = p_date AND s.counted_ms >= p_session_ms))
    OR (extract(hour FROM clock) * 60 + extract(minute FROM clock) NOT BETWEEN p_minute_from AND p_minute_below - 1
      AND NOT EXISTS (
        SELECT FROM breath.sessions s
        WHERE s.account_id = p_account AND s.local_date = p_date
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

REVOKE ALL ON FUNCTION breath.open_share, breath.claim_challenge FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.open_share, breath.claim_challenge TO breath_stats;

-- A merge is a union: what the source was awarded counts in the target as well, what both claimed once. Undone, it goes.
CREATE FUNCTION breath.carry_along() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF new.merged_into IS NULL THEN
    DELETE FROM breath.challenge_claims WHERE account_id = old.merged_into AND merged_from = new.account_id;
  ELSE
    INSERT INTO breath.challenge_claims (account_id, local_date, challenge, xp, claimed_at, merged_from)
    SELECT new.merged_into, c.local_date, c.challenge, c.xp, c.claimed_at, new.account_id
    FROM breath.challenge_claims c WHERE c.account_id = new.account_id
    ON CONFLICT DO NOTHING;
  END IF;
  UPDATE breath.accounts a SET awarded_xp = (
    SELECT coalesce(sum(c.xp), 0) FROM breath.challenge_claims c WHERE c.account_id = a.account_id)
  WHERE a.account_id = coalesce(new.merged_into, old.merged_into);
  -- A share is where its account is, so that whoever has that account now sees and can revoke it.
  UPDATE breath.shares s SET account_id = coalesce(new.merged_into, new.account_id),
    merged_from = CASE WHEN new.merged_into IS NOT NULL THEN new.account_id END
  WHERE s.account_id = coalesce(old.merged_into, new.account_id)
    AND coalesce(s.merged_from, s.account_id) = new.account_id;
  RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION breath.carry_along FROM PUBLIC;
CREATE TRIGGER accounts_carry_along AFTER UPDATE OF merged_into ON breath.accounts
  FOR EACH ROW WHEN (old.merged_into IS DISTINCT FROM new.merged_into) EXECUTE FUNCTION breath.carry_along();

-- As before (0015), with what was awarded and the plans that a streak goes by.
RESET ROLE;
DROP FUNCTION breath.standing;
CREATE FUNCTION breath.standing(
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
    SELECT count(*) FILTER (WHERE d.left_at IS NULL) AS devices, coalesce(sum(d.sessions), 0)::bigint AS sessions,
      coalesce(sum(greatest(d.reported_xp, d.xp)), 0)::bigint AS xp, coalesce(sum(d.active_ms), 0)::bigint AS active_ms,
      coalesce(max(d.reported_longest_streak), 0) AS longest_streak
    FROM breath.devices d WHERE d.account_id = p_account
  ) AS t
  CROSS JOIN (
    SELECT array_agg(o.from_date) AS dates, array_agg(o.daily_minutes) AS daily_minutes,
      array_agg(o.weekly_minutes) AS weekly_minutes, array_agg(o.weekly_days) AS weekly_days,
      array_agg(o.rest_days) AS rest_days
    FROM (SELECT * FROM breath.plans WHERE account_id = p_account ORDER BY from_date) AS o
  ) AS p
  WHERE a.account_id = p_account
$$;
GRANT CREATE ON SCHEMA breath TO breath_merge;
ALTER FUNCTION breath.standing OWNER TO breath_merge;
REVOKE CREATE ON SCHEMA breath FROM breath_merge;
REVOKE ALL ON FUNCTION breath.standing FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.standing TO breath_auth;

-- As before (0015), with the columns that standing gained.
SET LOCAL ROLE breath_owner;
DROP FUNCTION breath.preview_pairing;
CREATE FUNCTION breath.preview_pairing(p_code_hash bytea, p_device uuid, p_secret_hash bytea, p_time_zone text)
RETURNS TABLE (
  part text, devices bigint, sessions bigint, total_xp bigint, active_ms bigint, longest_streak bigint, today date,
  run_starts date[], run_ends date[], plan_dates date[], daily_minutes smallint[], weekly_minutes smallint[],
  weekly_days smallint[], rest_days smallint[], freezes_from date
)
LANGUAGE plpgsql
AS $$
DECLARE
  target uuid;
  source uuid;
  zone text := p_time_zone;
BEGIN
  SELECT p.target, p.source INTO target, source FROM breath.lock_pairing(p_code_hash, p_device, p_secret_hash) AS p;
  IF target IS NULL THEN
    RETURN;
  END IF;
  PERFORM now() AT TIME ZONE p_time_zone;
  IF source IS NOT NULL THEN
    PERFORM set_config('breath.account', source::text, true);
    SELECT d.time_zone INTO zone FROM breath.devices d WHERE d.account_id = source AND d.device_id = p_device;
    RETURN QUERY SELECT 'this', s.* FROM breath.standing(source, zone) AS s;
  END IF;
  RETURN QUERY SELECT 'other', s.* FROM breath.standing(target, zone) AS s;
  BEGIN
    IF source IS NOT NULL THEN
      PERFORM breath.merge_accounts(source, target, p_device);
    END IF;
    SELECT s.* INTO devices, sessions, total_xp, active_ms, longest_streak, today, run_starts, run_ends, plan_dates,
      daily_minutes, weekly_minutes, weekly_days, rest_days, freezes_from
    FROM breath.standing(target, zone) AS s;
    RAISE EXCEPTION 'taken back' USING ERRCODE = 'BM001';
  EXCEPTION WHEN SQLSTATE 'BM001' THEN
    NULL;
  END;
  part := 'after';
  RETURN NEXT;
END
$$;
REVOKE ALL ON FUNCTION breath.preview_pairing FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.preview_pairing TO breath_auth;
