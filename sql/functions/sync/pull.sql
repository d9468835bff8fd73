-- One page of an account's rows in version order, whatever their table, as JSON that is spliced into the answer unread.
-- First the version at which the page ends, then, by kind, the rows up to there.
--
-- STABLE, so that all of it sees one snapshot: rows first and the account's version second would lose rows. The usual
-- answer is that nobody else wrote anything: that is told from the devices alone. What is made is weighed, and only a
-- page that weighs more than an answer has room for is cut and made again, so the usual one pays for a comparison.
--   p_own: the caller's own rows as well.
--   p_plain: sessions in the extension's shape, which knows no devices; one that several hold comes once.
CREATE OR REPLACE FUNCTION breath.pull(
  p_account uuid, p_device uuid, p_incarnation uuid, p_version bigint, p_limit integer, p_own boolean, p_plain boolean,
  OUT incarnation uuid, OUT next_version bigint, OUT more boolean, OUT is_restart boolean, OUT sessions text,
  OUT days text, OUT settings text, OUT deletions text, OUT devices text, OUT holdings text
)
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
  -- Of the 1 MiB that an answer may have; the rest is for verdicts, holdings and progress.
  bytes_max CONSTANT integer := 480 * 1024;
  bytes integer;
  is_cut boolean := false;
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

  LOOP
    IF others IS NOT NULL THEN
      SELECT string_agg(s.item, ',') INTO sessions FROM (
        SELECT CASE WHEN p_plain THEN '{' || t.facts || '}'
          ELSE '{' || t.facts || ',"device":"' || t.device_id || '","localDate":"' || t.local_date || '"}' END AS item
        FROM unnest(others) AS d (device_id)
        CROSS JOIN LATERAL breath.sessions_between(p_account, d.device_id, start, next_version) AS t
        WHERE t.counts OR NOT p_plain
        ORDER BY t.version
      ) AS s;
      SELECT string_agg(s.item, ',') INTO days FROM (
        SELECT breath.day_json(t::breath.day_totals) AS item
        FROM unnest(others) AS d (device_id)
        CROSS JOIN LATERAL breath.days_between(p_account, d.device_id, start, next_version) AS t
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
    FROM breath.tombstones_between(p_account, start, next_version) AS t
    WHERE (p_own OR t.deleted_by <> p_device) AND t.session_id IS NOT NULL;
    -- With whatever a page has of a device comes the device as it is now: what it practised after it was cleared must
    -- not be held without the marker that says so.
    SELECT string_agg(breath.device_json(d), ',' ORDER BY d.version) INTO devices
    FROM breath.devices d
    WHERE d.account_id = p_account AND (p_own OR d.device_id <> p_device) AND (
      (d.version > start AND d.version <= next_version)
      OR d.device_id = ANY (of_deletions)
      OR d.device_id = ANY (others) AND (
        EXISTS (SELECT FROM breath.sessions_between(p_account, d.device_id, start, next_version))
        OR EXISTS (SELECT FROM breath.days_between(p_account, d.device_id, start, next_version))));
    bytes := coalesce(octet_length(sessions), 0) + coalesce(octet_length(days), 0) + coalesce(octet_length(settings), 0)
      + coalesce(octet_length(deletions), 0) + coalesce(octet_length(devices), 0);
    EXIT WHEN bytes <= bytes_max OR is_cut;
    is_cut := true;
    more := true;
    next_version := coalesce(
      breath.page_end(
        p_account, p_device, start, next_version, p_own, others, winning,
        bytes_max - coalesce(octet_length(devices), 0)),
      next_version);
  END LOOP;
END
$$;
REVOKE ALL ON FUNCTION breath.pull FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.pull TO breath_sync;
