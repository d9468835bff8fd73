-- Claims a challenge, once, in a pipeline that holds the account. What it asks for are thresholds
-- (`DailyChallenge.Requirement`): of the day's totals or, where the account shares them, of one session, by what
-- counts. The level that the challenge is for must be the one the person had when the day began, so that practising
-- does not exchange the day's challenges.
-- `outcome`: 'claimed', 'claimed_before', 'not_yet', 'other_day', 'other_level'.
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
  SELECT clock_timestamp() AT TIME ZONE breath.usable_zone(d.time_zone) INTO clock
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
REVOKE ALL ON FUNCTION breath.claim_challenge FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.claim_challenge TO breath_stats;
