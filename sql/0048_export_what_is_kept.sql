SET LOCAL ROLE breath_owner;

CREATE FUNCTION breath.microseconds(t timestamptz) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT (extract(epoch FROM t) * 1000000)::bigint $$;

-- A name as everybody is shown it, by the rule that names have (Backend/Shared/Name.swift): nothing that turns text
-- round or hides in it, and a space for what breaks a line.
CREATE FUNCTION breath.shown_name(p_name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT regexp_replace(
    regexp_replace(p_name, '[\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]', '', 'g'),
    '[\u0001-\u001f\u007f-\u009f\u2028\u2029]', ' ', 'g')
$$;

-- How the person of the account that the flight has entered can sign in, and since when. With the owner's rights, which
-- are bound to that account as well: sync itself sees nothing of logins.
CREATE POLICY identities_of_account ON breath.identities FOR SELECT TO breath_owner
  USING (account_id = (SELECT nullif(current_setting('breath.account', true), '')::uuid));
CREATE FUNCTION breath.ways_to_sign_in() RETURNS TABLE (issuer text, subject text, since timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT 'email', NULL, l.confirmed_at FROM breath.logins l
  WHERE l.account_id = nullif(current_setting('breath.account', true), '')::uuid
  UNION ALL
  SELECT i.issuer, i.subject, i.linked_at FROM breath.identities i
  WHERE i.account_id = nullif(current_setting('breath.account', true), '')::uuid
$$;

-- What is kept about a person beside their records, a line each, in the order of an export: by kind, and in each by a
-- number that only grows. Lines that have one number come together or not at all.
--   p_kind, p_key: of the last line of the page before; p_limit: so many of a kind are looked at, and some to spare.
CREATE FUNCTION breath.kept_besides(p_account uuid, p_kind integer, p_key bigint, p_limit integer)
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

-- A page of them, and behind them of the ledger: as many lines as are asked for and weigh at most what an answer has
-- room for beside a page of records; one at least. Lines of the ledger are long, and are made one by one.
--   p_is_due: false while there are records to come, which go before; items: a list of JSON for each kind.
CREATE FUNCTION breath.export_besides(
  p_account uuid, p_is_due boolean, p_kind integer, p_key bigint, p_limit integer,
  OUT profile text, OUT items text[], OUT more boolean, OUT last_kind integer, OUT last_key bigint
)
LANGUAGE plpgsql STABLE
AS $$
DECLARE
  bytes_max CONSTANT integer := 400 * 1024;
  of_ledger CONSTANT integer := 8;
  bytes integer;
  lines integer;
  pushes text[] := '{}';
  push record;
BEGIN
  more := false;
  IF NOT p_is_due THEN
    RETURN;
  END IF;
  SELECT row_to_json(o)::text INTO profile FROM (
    SELECT breath.shown_name(a.alias) AS alias, breath.shown_zone(a.time_zone) AS "timeZone",
      to_char(a.day_start_minutes * interval '1 minute', 'HH24:MI') AS "dayStart", a.week_start AS "weekStart",
      a.social, breath.time_json(a.created_at) AS "createdAt", a.last_seen_on AS "lastSeenOn"
    FROM breath.accounts a WHERE a.account_id = p_account
  ) AS o;
  WITH weighed AS (
    SELECT l.*, sum(octet_length(l.item) + 1) OVER page AS bytes, count(*) OVER page AS lines, rank() OVER page AS place
    FROM breath.kept_besides(p_account, p_kind, p_key, p_limit) AS l
    WINDOW page AS (ORDER BY l.kind, l.key)
  ), page AS (
    SELECT w.*, (w.bytes <= bytes_max AND w.lines <= p_limit) OR w.place = 1 AS is_kept FROM weighed w
  ), kept AS (
    SELECT * FROM page WHERE is_kept
  )
  SELECT
    ARRAY(
      SELECT coalesce((SELECT string_agg(k.item, ',' ORDER BY k.key, k.item) FROM kept k WHERE k.kind = i), '')
      FROM generate_series(1, of_ledger) AS i ORDER BY i),
    EXISTS (SELECT FROM page WHERE NOT is_kept), coalesce(k.bytes, 0), coalesce(k.lines, 0), k.kind, k.key
  INTO items, more, bytes, lines, last_kind, last_key
  FROM (SELECT 1) AS one LEFT JOIN (SELECT * FROM kept ORDER BY kind DESC, key DESC LIMIT 1) AS k ON true;
  IF more THEN
    RETURN;
  END IF;

  FOR push IN
    SELECT l.entry, (SELECT row_to_json(o)::text FROM (
      SELECT breath.time_json(l.pushed_at) AS at, l.request_id AS request, l.device_id AS device, l.kind, l.stored,
        l.duplicate, l.rejected, coalesce(l.verdicts, '[]') AS verdicts) AS o) AS item
    FROM breath.push_ledger l
    WHERE l.account_id = p_account AND l.entry > CASE WHEN p_kind = of_ledger THEN p_key ELSE 0 END
    ORDER BY l.entry
  LOOP
    bytes := bytes + octet_length(push.item) + 1;
    more := lines > 0 AND (lines >= p_limit OR bytes > bytes_max);
    EXIT WHEN more;
    lines := lines + 1;
    pushes := pushes || push.item;
    last_kind := of_ledger;
    last_key := push.entry;
  END LOOP;
  items[of_ledger] := array_to_string(pushes, ',');
END
$$;

GRANT SELECT (account_id, local_date, challenge, xp, claimed_at) ON breath.challenge_claims TO breath_sync;
GRANT SELECT (account_id, share_id, content, name, created_at) ON breath.shares TO breath_sync;
REVOKE ALL ON FUNCTION
  breath.kept_besides, breath.microseconds, breath.ways_to_sign_in, breath.export_besides, breath.shown_name
  FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
  breath.kept_besides, breath.microseconds, breath.ways_to_sign_in, breath.export_besides, breath.shown_name
  TO breath_sync;
