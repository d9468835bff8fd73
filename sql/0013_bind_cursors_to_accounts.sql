SET LOCAL ROLE breath_owner;

-- A cursor is good for one account in one life of the database: a device that moves to another account, where the same
-- numbers mean other rows, must be told to begin anew as after a restore. Cursors given out before name the life alone:
-- each gets one restart, which costs a device one comparison.
CREATE FUNCTION breath.cursor_life(p_incarnation uuid, p_account uuid) RETURNS uuid
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT md5(uuid_send(p_incarnation) || uuid_send(p_account))::uuid $$;

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
BEGIN
  SELECT a.version, breath.cursor_life(i.incarnation, p_account) INTO head, incarnation
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

REVOKE ALL ON FUNCTION breath.cursor_life FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.cursor_life TO breath_sync;

-- begin_request (0011) does what these did.
DROP FUNCTION breath.lock_account, breath.require_device;

-- All rows of these accounts, in the one list of tables that there is: those that no foreign key takes along, by name.
RESET ROLE;
CREATE FUNCTION breath.delete_account_rows(p_accounts uuid[]) RETURNS bigint
LANGUAGE sql SET search_path = pg_catalog, pg_temp
AS $$
  DELETE FROM breath.sessions WHERE account_id = ANY (p_accounts);
  DELETE FROM breath.tombstones WHERE account_id = ANY (p_accounts);
  DELETE FROM breath.day_totals WHERE account_id = ANY (p_accounts);
  DELETE FROM breath.settings WHERE account_id = ANY (p_accounts);
  DELETE FROM breath.push_ledger WHERE account_id = ANY (p_accounts);
  WITH deleted AS (DELETE FROM breath.accounts WHERE account_id = ANY (p_accounts) RETURNING 1)
  SELECT count(*) FROM deleted
$$;

CREATE OR REPLACE FUNCTION breath.erase_account(p_account uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  INSERT INTO breath.erased (id_hash)
  SELECT sha256(uuid_send(p_account))
  UNION
  SELECT sha256(uuid_send(device_id)) FROM breath.devices WHERE account_id = p_account
  ON CONFLICT DO NOTHING;
  SELECT breath.delete_account_rows(ARRAY[p_account])
$$;

CREATE OR REPLACE FUNCTION breath.erase_unseen_accounts(batch integer) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT breath.delete_account_rows(ARRAY(
    SELECT account_id FROM breath.accounts WHERE last_seen_on < current_date - interval '24 months' LIMIT batch))
$$;

GRANT CREATE ON SCHEMA breath TO breath_maintenance;
ALTER FUNCTION breath.delete_account_rows OWNER TO breath_maintenance;
REVOKE CREATE ON SCHEMA breath FROM breath_maintenance;
REVOKE ALL ON FUNCTION breath.delete_account_rows FROM PUBLIC;
