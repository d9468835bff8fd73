-- What is kept about a person beside their records, a line each, in the order of an export: by kind, and in each by a
-- number that only grows. Lines that have one number come together or not at all.
--   p_kind, p_key: of the last line of the page before; p_limit: so many of a kind are looked at, and some to spare.
CREATE OR REPLACE FUNCTION breath.kept_besides(p_account uuid, p_kind integer, p_key bigint, p_limit integer)
RETURNS TABLE (kind integer, key bigint, item text)
LANGUAGE sql STABLE
AS $$
  WITH lines AS (
    SELECT 1 AS kind, breath.microseconds(d.created_at) AS key, (SELECT row_to_json(o)::text FROM (
      SELECT d.device_id AS device, d.reported_xp AS "totalXP", d.reported_longest_streak AS "longestStreak",
        d.reported_challenges AS "challengesCompleted", d.reported_active_ms AS "totalMeditationTime",
        breath.time_json(d.created_at) AS since) AS o) AS item
    FROM breath.devices d WHERE d.account_id = p_account AND p_kind <= 1
      AND NOT EXISTS (SELECT FROM breath.api_keys k WHERE k.account_id = p_account AND k.device_id = d.device_id)
    UNION ALL
    SELECT 2, p.from_date - date '0001-01-01', (SELECT row_to_json(o)::text FROM (
      SELECT p.from_date AS "from", p.daily_minutes AS "dailyMinutes", p.weekly_minutes AS "weeklyMinutes",
        p.weekly_days AS "weeklyDays",
        ARRAY(SELECT i FROM generate_series(1, 7) AS i WHERE p.rest_days >> (i - 1) & 1 = 1) AS "restDays") AS o)
    FROM breath.plans p WHERE p.account_id = p_account AND p_kind <= 2
    UNION ALL
    (SELECT 3, c.local_date - date '0001-01-01', (SELECT row_to_json(o)::text FROM (
      SELECT c.local_date AS date, c.challenge, c.xp, breath.time_json(c.claimed_at) AS "claimedAt") AS o)
    FROM breath.challenge_claims c WHERE c.account_id = p_account AND p_kind <= 3
      AND (p_kind < 3 OR c.local_date > date '0001-01-01' + p_key::integer)
    ORDER BY c.local_date LIMIT p_limit + 100)
    UNION ALL
    SELECT 4, breath.microseconds(s.created_at), (SELECT row_to_json(o)::text FROM (
      SELECT translate(encode(uuid_send(s.share_id), 'base64'), '+/=', '-_') AS id, s.content,
        breath.shown_name(s.name) AS name,
        breath.time_json(s.created_at) AS "createdAt") AS o)
    FROM breath.shares s WHERE s.account_id = p_account AND p_kind <= 4
    UNION ALL
    (SELECT 5, breath.microseconds(c.recorded_at), (SELECT row_to_json(o)::text FROM (
      SELECT breath.time_json(c.recorded_at) AS at, c.device_id AS device, c.subject, c.choice,
        c.text_version AS "textVersion") AS o)
    FROM breath.consents c WHERE c.account_id = p_account AND p_kind <= 5
      AND (p_kind < 5 OR breath.microseconds(c.recorded_at) > p_key)
    ORDER BY c.recorded_at LIMIT p_limit + 100)
    UNION ALL
    SELECT 6, breath.microseconds(k.created_at), (SELECT row_to_json(o)::text FROM (
      SELECT k.device_id AS id, breath.shown_name(d.name) AS name, k.scopes, k.made_by AS "madeBy",
        breath.time_json(k.created_at) AS "createdAt",
        breath.time_json(k.expires_at) AS "expiresAt", k.last_used_on AS "lastUsedOn",
        breath.time_json(d.revoked_at) AS "revokedAt") AS o)
    FROM breath.api_keys k JOIN breath.devices d USING (account_id, device_id)
    WHERE k.account_id = p_account AND p_kind <= 6
    UNION ALL
    SELECT 7, breath.microseconds(i.since), (SELECT row_to_json(o)::text FROM (
      SELECT i.issuer AS "by", i.subject, breath.time_json(i.since) AS since) AS o)
    FROM breath.ways_to_sign_in() AS i WHERE p_kind <= 7
  )
  SELECT * FROM lines l WHERE (l.kind, l.key) > (p_kind, p_key)
$$;
REVOKE ALL ON FUNCTION breath.kept_besides FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.kept_besides TO breath_sync;
