-- A page of an export behind the records: what is kept beside them (kept_besides), and then the push ledger. As many
-- lines as are asked for and weigh at most what an answer has room for beside a page of records; one at least. Lines of
-- the ledger are long, and are made one by one.
--   p_is_due: false while there are records to come, which go before.
--   items: a list of JSON for each kind.
CREATE OR REPLACE FUNCTION breath.export_besides(
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
REVOKE ALL ON FUNCTION breath.export_besides FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.export_besides TO breath_sync;
