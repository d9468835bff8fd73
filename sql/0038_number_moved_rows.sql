-- Versions grow by the number of rows that are written and by nothing else, also when rows move between accounts. They
-- used to grow by what the other account had: sixteen merges with their undoing filled a bigint, and nothing of such an
-- account could be written any more, not even that a device is signed out (docs/decisions/0024).
SET LOCAL ROLE breath_owner;

-- A version that no practice comes to. An account that has one is merged with none, so that it cannot hand it on.
CREATE FUNCTION breath.is_near_end(version bigint) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT version > 1152921504606846976 $$;  -- 2^60

-- So near the end of a bigint that the next write may not fit: four billion rows.
CREATE FUNCTION breath.is_at_end(version bigint) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT version > 9223372032559808511 $$;  -- 2^63 - 2^32 - 1

-- The versions of all rows of these devices, in order. A row's place among them is its place among what moves:
-- `width_bucket` finds it by halving, and `(SELECT versions)` hands it the array once and not once a row.
CREATE FUNCTION breath.versions_of(p_account uuid, p_devices uuid[]) RETURNS bigint[]
LANGUAGE sql STABLE
AS $$
  SELECT coalesce(array_agg(r.version ORDER BY r.version), '{}')
  FROM (
    SELECT version FROM breath.devices WHERE account_id = p_account AND device_id = ANY (p_devices)
    UNION
    SELECT version FROM breath.sessions WHERE account_id = p_account AND device_id = ANY (p_devices)
    UNION
    SELECT version FROM breath.day_totals WHERE account_id = p_account AND device_id = ANY (p_devices)
    UNION
    SELECT version FROM breath.tombstones WHERE account_id = p_account AND device_id = ANY (p_devices)
    UNION
    SELECT version FROM breath.settings WHERE account_id = p_account AND device_id = ANY (p_devices)
  ) AS r
$$;

-- Why two accounts cannot be one; NULL when they can.
CREATE FUNCTION breath.merge_refusal(p_source uuid, p_target uuid) RETURNS text
LANGUAGE plpgsql STABLE
AS $$
DECLARE
  devices_max CONSTANT integer := 100;
BEGIN
  IF EXISTS (
    SELECT FROM breath.accounts a WHERE a.account_id IN (p_source, p_target) AND breath.is_near_end(a.version)
  ) THEN
    RETURN 'versions near their end';
  ELSIF devices_max < (
    SELECT count(DISTINCT d.device_id) FROM breath.devices d
    WHERE d.account_id IN (p_source, p_target) AND d.left_at IS NULL
  ) THEN
    RETURN 'too many devices';
  END IF;
  RETURN NULL;
END
$$;

-- Moves devices that the other account does not know, with all their rows. Each row keeps its place in the order; the
-- versions go on behind the head of the account that takes them in, so that every cursor of it brings them. Cursors of
-- the account they leave are of another life (cursor_life) and begin anew.
CREATE OR REPLACE FUNCTION breath.move_devices(p_from uuid, p_to uuid, p_devices uuid[]) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  head bigint := (SELECT a.version FROM breath.accounts a WHERE a.account_id = p_to);
  versions bigint[] := breath.versions_of(p_from, p_devices);
BEGIN
  -- Settings follow their device by the foreign key, so they are numbered before: below zero, where no version of
  -- either account is in the way.
  UPDATE breath.settings SET version = -(head + width_bucket(version, (SELECT versions)))
  WHERE account_id = p_from AND device_id = ANY (p_devices);
  UPDATE breath.devices SET account_id = p_to, version = head + width_bucket(version, (SELECT versions)),
    rows_version = head + cardinality(versions)
  WHERE account_id = p_from AND device_id = ANY (p_devices);
  UPDATE breath.settings SET version = -version WHERE account_id = p_to AND version < 0;
  UPDATE breath.sessions SET account_id = p_to, version = head + width_bucket(version, (SELECT versions))
  WHERE account_id = p_from AND device_id = ANY (p_devices);
  UPDATE breath.day_totals SET account_id = p_to, version = head + width_bucket(version, (SELECT versions))
  WHERE account_id = p_from AND device_id = ANY (p_devices);
  UPDATE breath.tombstones SET account_id = p_to, version = head + width_bucket(version, (SELECT versions))
  WHERE account_id = p_from AND device_id = ANY (p_devices);
  UPDATE breath.push_ledger SET account_id = p_to WHERE account_id = p_from AND device_id = ANY (p_devices);
  UPDATE breath.accounts SET version = head + cardinality(versions) WHERE account_id = p_to;
END
$$;

-- A device that both accounts know, as before (0015), its rows numbered as those that move.
CREATE OR REPLACE FUNCTION breath.unite_device(p_source uuid, p_target uuid, p_device uuid, p_caller uuid) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  theirs breath.devices;
  ours breath.devices;
  head bigint;
  versions bigint[];
BEGIN
  SELECT * INTO theirs FROM breath.devices WHERE account_id = p_source AND device_id = p_device;
  SELECT * INTO ours FROM breath.devices WHERE account_id = p_target AND device_id = p_device;
  IF theirs.reset_at IS NOT NULL THEN
    PERFORM breath.reset_device(p_target, p_caller, p_device, theirs.reset_at);
  END IF;
  IF ours.reset_at IS NOT NULL THEN
    PERFORM breath.reset_device(p_source, p_caller, p_device, ours.reset_at);
  END IF;
  PERFORM breath.delete_as_elsewhere(p_target, p_source, p_device, p_caller);
  PERFORM breath.delete_as_elsewhere(p_source, p_target, p_device, p_caller);
  DELETE FROM breath.sessions s USING breath.sessions t
  WHERE s.account_id = p_source AND s.device_id = p_device
    AND t.account_id = p_target AND t.device_id = p_device AND t.session_id = s.session_id;
  -- Of two tombstones the one that still has its id is worth more.
  DELETE FROM breath.tombstones t USING breath.tombstones s
  WHERE t.account_id = p_target AND t.device_id = p_device AND t.session_id IS NULL
    AND s.account_id = p_source AND s.hash_high = t.hash_high AND s.hash_low = t.hash_low
    AND s.session_id IS NOT NULL;
  DELETE FROM breath.tombstones s USING breath.tombstones t
  WHERE s.account_id = p_source AND s.device_id = p_device
    AND t.account_id = p_target AND t.hash_high = s.hash_high AND t.hash_low = s.hash_low;
  DELETE FROM breath.settings s USING breath.settings t
  WHERE s.account_id = p_source AND s.device_id = p_device AND t.account_id = p_target AND t.device_id = p_device
    AND t.module = s.module AND t.key = s.key AND t.stated_at >= s.stated_at;
  DELETE FROM breath.settings t USING breath.settings s
  WHERE t.account_id = p_target AND t.device_id = p_device AND s.account_id = p_source AND s.device_id = p_device
    AND t.module = s.module AND t.key = s.key;

  -- The markers, counters and versions as they are after all that.
  SELECT * INTO theirs FROM breath.devices WHERE account_id = p_source AND device_id = p_device;
  SELECT a.version INTO head FROM breath.accounts a WHERE a.account_id = p_target;
  versions := breath.versions_of(p_source, ARRAY[p_device]);
  UPDATE breath.settings SET account_id = p_target, version = head + width_bucket(version, (SELECT versions))
  WHERE account_id = p_source AND device_id = p_device;
  UPDATE breath.sessions SET account_id = p_target, version = head + width_bucket(version, (SELECT versions))
  WHERE account_id = p_source AND device_id = p_device;
  UPDATE breath.tombstones SET account_id = p_target, version = head + width_bucket(version, (SELECT versions))
  WHERE account_id = p_source AND device_id = p_device;
  UPDATE breath.push_ledger SET account_id = p_target WHERE account_id = p_source AND device_id = p_device;
  UPDATE breath.refresh_sessions SET account_id = p_target WHERE account_id = p_source AND device_id = p_device;
  UPDATE breath.pairing_codes SET account_id = p_target WHERE account_id = p_source AND device_id = p_device;
  PERFORM breath.unite_days(p_source, p_target, p_device, head, versions);

  -- What a device says of itself comes from where it can prove itself, or else from where it has not left.
  IF EXISTS (SELECT FROM breath.device_credentials WHERE device_id = p_device AND account_id = p_source)
    OR (ours.left_at IS NOT NULL AND theirs.left_at IS NULL)
  THEN
    UPDATE breath.devices SET name = theirs.name, time_zone = theirs.time_zone, revoked_at = theirs.revoked_at,
      clock_offset_ms = theirs.clock_offset_ms, left_at = theirs.left_at
    WHERE account_id = p_target AND device_id = p_device;
  END IF;
  UPDATE breath.device_credentials SET account_id = p_target WHERE account_id = p_source AND device_id = p_device;
  UPDATE breath.devices d SET version = head + width_bucket(theirs.version, versions),
    rows_version = head + cardinality(versions),
    token_generation = greatest(d.token_generation, theirs.token_generation),
    reported_xp = greatest(d.reported_xp, theirs.reported_xp),
    reported_longest_streak = greatest(d.reported_longest_streak, theirs.reported_longest_streak),
    reported_challenges = greatest(d.reported_challenges, theirs.reported_challenges),
    reported_active_ms = greatest(d.reported_active_ms, theirs.reported_active_ms)
  WHERE d.account_id = p_target AND d.device_id = p_device;
  DELETE FROM breath.devices WHERE account_id = p_source AND device_id = p_device;
  UPDATE breath.accounts SET version = head + cardinality(versions) WHERE account_id = p_target;
  PERFORM breath.settle_days(p_target, p_device, '{}');
END
$$;

DROP FUNCTION breath.unite_days;
-- Of what was reported each number keeps the larger; what is derived follows from the sessions, which are together
-- already.
CREATE FUNCTION breath.unite_days(
  p_source uuid, p_target uuid, p_device uuid, p_head bigint, p_versions bigint[]
) RETURNS void
LANGUAGE sql
AS $$
  INSERT INTO breath.day_totals AS t (
    account_id, local_date, device_id, version, reported_sessions, reported_active_ms, reported_cycles, reported_xp)
  SELECT p_target, s.local_date, p_device, p_head + width_bucket(s.version, (SELECT p_versions)), s.reported_sessions,
    s.reported_active_ms, s.reported_cycles, s.reported_xp
  FROM breath.day_totals s
  WHERE s.account_id = p_source AND s.device_id = p_device
  ON CONFLICT (account_id, local_date, device_id) DO UPDATE SET version = excluded.version,
    reported_sessions = greatest(t.reported_sessions, excluded.reported_sessions),
    reported_active_ms = greatest(t.reported_active_ms, excluded.reported_active_ms),
    reported_cycles = greatest(t.reported_cycles, excluded.reported_cycles),
    reported_xp = greatest(t.reported_xp, excluded.reported_xp);
  DELETE FROM breath.day_totals WHERE account_id = p_source AND device_id = p_device;
  UPDATE breath.day_totals t SET derived_sessions = s.sessions, derived_active_ms = s.active_ms,
    derived_cycles = s.cycles, derived_xp = s.xp
  FROM (
    SELECT local_date, count(*) AS sessions, sum(counted_ms)::bigint AS active_ms, sum(cycles)::bigint AS cycles,
      sum(xp)::bigint AS xp
    FROM breath.sessions
    WHERE account_id = p_target AND device_id = p_device
    GROUP BY local_date
  ) AS s
  WHERE t.account_id = p_target AND t.device_id = p_device AND t.local_date = s.local_date
$$;

-- As before (0015), counting what is written.
CREATE OR REPLACE FUNCTION breath.note_departures(p_account uuid, p_other uuid, p_devices uuid[]) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  head bigint := (SELECT a.version FROM breath.accounts a WHERE a.account_id = p_account);
  noted bigint;
BEGIN
  INSERT INTO breath.devices (
    account_id, device_id, version, rows_version, name, time_zone, reset_at, revoked_at, left_at)
  SELECT p_account, d.device_id, head + row_number() OVER (ORDER BY d.version), 0, 'device', 'UTC', d.reset_at, now(),
    now()
  FROM breath.devices d
  WHERE d.account_id = p_other AND d.device_id = ANY (p_devices)
    AND NOT EXISTS (SELECT FROM breath.devices k WHERE k.account_id = p_account AND k.device_id = d.device_id);
  GET DIAGNOSTICS noted = ROW_COUNT;
  UPDATE breath.accounts SET version = head + noted WHERE account_id = p_account;
END
$$;
REVOKE ALL ON FUNCTION
  breath.is_near_end, breath.is_at_end, breath.versions_of, breath.merge_refusal, breath.unite_days FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
  breath.is_near_end, breath.is_at_end, breath.versions_of, breath.merge_refusal, breath.unite_days TO breath_merge;
GRANT EXECUTE ON FUNCTION breath.is_at_end TO breath_sync, breath_stats, breath_auth;

-- Gives the rows of an account that is near the end small versions again, in the same order, so that it can be written
-- on. Rows that had small ones keep them; the others go on from a version that no row and no cursor was counted to.
-- So a cursor from before the versions grew brings all that came since, and one from after is ahead of the account and
-- begins anew (docs/sync.md).
RESET ROLE;
CREATE FUNCTION breath.renumber_account(p_account uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  first CONSTANT bigint := 1099511627776;  -- 2^40
  head bigint;
  versions bigint[];
BEGIN
  SELECT a.version INTO head FROM breath.accounts a WHERE a.account_id = p_account FOR NO KEY UPDATE;
  versions := breath.versions_of(
    p_account, ARRAY(SELECT d.device_id FROM breath.devices d WHERE d.account_id = p_account));
  IF NOT breath.is_near_end(greatest(head, versions[cardinality(versions)])) THEN
    RETURN false;
  END IF;
  versions := ARRAY(SELECT v FROM unnest(versions) AS v WHERE v > first ORDER BY v);
  -- By way of what is below zero: what a row becomes may be what another one still is.
  UPDATE breath.settings SET version = -first - width_bucket(version, (SELECT versions))
  WHERE account_id = p_account AND version > first;
  UPDATE breath.settings SET version = -version WHERE account_id = p_account AND version < 0;
  UPDATE breath.tombstones SET version = -first - width_bucket(version, (SELECT versions))
  WHERE account_id = p_account AND version > first;
  UPDATE breath.tombstones SET version = -version WHERE account_id = p_account AND version < 0;
  UPDATE breath.sessions SET version = -first - width_bucket(version, (SELECT versions))
  WHERE account_id = p_account AND version > first;
  UPDATE breath.sessions SET version = -version WHERE account_id = p_account AND version < 0;
  UPDATE breath.day_totals SET version = -first - width_bucket(version, (SELECT versions))
  WHERE account_id = p_account AND version > first;
  UPDATE breath.day_totals SET version = -version WHERE account_id = p_account AND version < 0;
  UPDATE breath.devices SET
    version = CASE WHEN version > first THEN first + width_bucket(version, (SELECT versions)) ELSE version END,
    rows_version = CASE WHEN rows_version > first THEN first + width_bucket(rows_version, (SELECT versions))
      ELSE rows_version END
  WHERE account_id = p_account AND greatest(version, rows_version) > first;
  UPDATE breath.accounts SET version = first + cardinality(versions) WHERE account_id = p_account;
  RETURN true;
END
$$;
GRANT CREATE ON SCHEMA breath TO breath_merge;
ALTER FUNCTION breath.renumber_account OWNER TO breath_merge;
REVOKE CREATE ON SCHEMA breath FROM breath_merge;
REVOKE ALL ON FUNCTION breath.renumber_account FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.renumber_account TO breath_sync, breath_stats, breath_auth;

-- As before (0015), refusing what cannot be counted on.
CREATE OR REPLACE FUNCTION breath.merge_accounts(p_source uuid, p_target uuid, p_device uuid) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  source breath.accounts;
  target breath.accounts;
  refusal text;
  merge uuid;
  known uuid;
BEGIN
  IF NOT breath.is_anonymous(p_source) THEN
    RAISE EXCEPTION 'source is not anonymous' USING ERRCODE = 'BM409';
  END IF;
  SELECT * INTO source FROM breath.accounts a WHERE a.account_id = p_source;
  SELECT * INTO target FROM breath.accounts a WHERE a.account_id = p_target;
  refusal := breath.merge_refusal(p_source, p_target);
  IF refusal IS NOT NULL THEN
    RAISE EXCEPTION USING ERRCODE = 'BM409', MESSAGE = refusal;
  END IF;
  IF source.detail = 'sessions' AND target.detail = 'days' THEN
    PERFORM breath.choose_detail(p_source, p_device, 'days');
  END IF;

  INSERT INTO breath.merges (account_id, source, source_detail, redeemed_by, devices)
  SELECT p_target, p_source, source.detail, p_device, coalesce(array_agg(d.device_id), '{}')
  FROM breath.devices d
  WHERE d.account_id = p_source AND d.left_at IS NULL
    AND (NOT EXISTS (
        SELECT FROM breath.devices t
        WHERE t.account_id = p_target AND t.device_id = d.device_id AND t.left_at IS NULL)
      OR EXISTS (
        SELECT FROM breath.device_credentials c WHERE c.device_id = d.device_id AND c.account_id = p_source))
  RETURNING merge_id INTO merge;
  FOR known IN
    SELECT s.device_id
    FROM breath.devices s JOIN breath.devices t ON t.account_id = p_target AND t.device_id = s.device_id
    WHERE s.account_id = p_source
  LOOP
    PERFORM breath.unite_device(p_source, p_target, known, p_device);
  END LOOP;
  PERFORM breath.move_devices(
    p_source, p_target, ARRAY(SELECT d.device_id FROM breath.devices d WHERE d.account_id = p_source));

  UPDATE breath.consents c SET account_id = p_target, recorded_at = c.recorded_at + CASE WHEN EXISTS (
      SELECT FROM breath.consents o
      WHERE o.account_id = p_target AND o.recorded_at = c.recorded_at AND o.subject = c.subject
    ) THEN interval '1 microsecond' ELSE interval '0' END
  WHERE c.account_id = p_source;
  UPDATE breath.merges SET account_id = p_target WHERE account_id = p_source;
  UPDATE breath.accounts SET merged_into = p_target WHERE account_id = p_source OR merged_into = p_source;
  PERFORM breath.settle_account(p_source);
  PERFORM breath.settle_account(p_target);
  RETURN merge;
END
$$;

-- As before (0015), in an account that can be counted on.
CREATE OR REPLACE FUNCTION breath.undo_merge(
  p_account uuid, p_device uuid, p_generation integer, p_merge uuid, OUT outcome text, OUT source uuid
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  merge breath.merges;
  shared text;
  moved uuid[];
BEGIN
  SELECT m.source INTO source FROM breath.merges m WHERE m.account_id = p_account AND m.merge_id = p_merge;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  PERFORM breath.lock_accounts(ARRAY[p_account, source]);
  PERFORM FROM breath.devices
  WHERE account_id = p_account AND device_id = p_device AND revoked_at IS NULL AND token_generation = p_generation;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'account moved' USING ERRCODE = 'BM401';
  END IF;
  SELECT * INTO merge FROM breath.merges m WHERE m.account_id = p_account AND m.merge_id = p_merge;
  IF merge.undone_at IS NOT NULL THEN
    outcome := 'undone';
    RETURN;
  ELSIF merge.merged_at < now() - interval '30 days' THEN
    outcome := 'expired';
    RETURN;
  END IF;
  PERFORM breath.renumber_account(a.account_id) FROM breath.accounts a
  WHERE a.account_id IN (p_account, merge.source) AND breath.is_at_end(a.version);
  SELECT a.detail INTO shared FROM breath.accounts a WHERE a.account_id = p_account;
  moved := ARRAY(
    SELECT d.device_id FROM breath.devices d
    WHERE d.account_id = p_account AND d.left_at IS NULL AND d.device_id = ANY (merge.devices));

  PERFORM breath.move_devices(p_account, source, moved);
  PERFORM breath.note_departures(p_account, source, moved);
  PERFORM breath.note_departures(source, p_account, ARRAY(
    SELECT d.device_id FROM breath.devices d
    WHERE d.account_id = p_account AND d.left_at IS NULL AND d.device_id <> ALL (moved)));
  PERFORM breath.announce_settings(p_account, source);
  UPDATE breath.consents SET account_id = source
  WHERE account_id = p_account AND device_id = ANY (merge.devices) AND recorded_at <= merge.merged_at;
  -- What had been merged into it before goes with it.
  UPDATE breath.merges SET account_id = undo_merge.source
  WHERE account_id = p_account AND merge_id <> p_merge AND merged_at < merge.merged_at AND devices <@ merge.devices;
  UPDATE breath.accounts a SET merged_into = undo_merge.source
  WHERE a.merged_into = p_account
    AND a.account_id IN (
      SELECT m.source FROM breath.merges m WHERE m.account_id = undo_merge.source AND m.undone_at IS NULL);
  UPDATE breath.merges SET undone_at = now() WHERE account_id = p_account AND merge_id = p_merge;
  -- As it is stored now; then as coarse as it was.
  UPDATE breath.accounts a SET merged_into = NULL, last_seen_on = current_date,
    detail = CASE WHEN 'sessions' IN (shared, merge.source_detail) THEN 'sessions' ELSE 'days' END
  WHERE a.account_id = undo_merge.source;
  PERFORM breath.settle_account(p_account);
  PERFORM breath.settle_account(source);
  IF merge.source_detail = 'days' AND shared = 'sessions' THEN
    PERFORM breath.choose_detail(source, merge.redeemed_by, 'days');
  END IF;
  outcome := 'undone';
END
$$;

-- Whatever is written goes through one of these, as before (0015, 0037, 0034), in an account that can be counted on.
SET LOCAL ROLE breath_owner;
CREATE OR REPLACE FUNCTION breath.join_device(
  p_account uuid, p_device uuid, p_secret_hash bytea, p_name text, p_time_zone text, p_refresh_session uuid,
  OUT tenant uuid, OUT generation integer
)
LANGUAGE plpgsql
AS $$
DECLARE
  devices_max CONSTANT integer := 100;
  next_version bigint;
BEGIN
  PERFORM breath.renumber_account(a.account_id) FROM breath.accounts AS a
  WHERE a.account_id = p_account AND breath.is_at_end(a.version);
  UPDATE breath.accounts AS a SET version = a.version + 1 WHERE a.account_id = p_account
  RETURNING a.version INTO next_version;
  INSERT INTO breath.device_credentials (device_id, account_id, secret_hash)
  VALUES (p_device, p_account, p_secret_hash)
  ON CONFLICT (device_id) DO NOTHING;
  IF FOUND THEN
    IF devices_max <= (
      SELECT count(*) FROM breath.devices d
      WHERE d.account_id = p_account AND d.device_id <> p_device AND d.left_at IS NULL
    ) THEN
      RAISE EXCEPTION 'too many devices' USING ERRCODE = 'BM409';
    END IF;
    PERFORM now() AT TIME ZONE p_time_zone;  -- raises 22023 for a zone nobody knows
    INSERT INTO breath.devices AS d (account_id, device_id, version, name, time_zone)
    VALUES (p_account, p_device, next_version, p_name, p_time_zone)
    ON CONFLICT (account_id, device_id) DO UPDATE SET version = excluded.version, name = excluded.name,
      time_zone = excluded.time_zone, left_at = NULL,
      revoked_at = CASE WHEN d.left_at IS NULL THEN d.revoked_at END;
  ELSE
    PERFORM FROM breath.device_credentials AS c
    WHERE c.device_id = p_device AND c.account_id = p_account AND c.secret_hash = p_secret_hash;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'device exists' USING ERRCODE = 'BM409';
    END IF;
    -- Keeps versions gapless: the number taken above belongs to the row it announces.
    UPDATE breath.devices AS d SET version = next_version WHERE d.account_id = p_account AND d.device_id = p_device;
  END IF;
  SELECT s.tenant, s.generation INTO tenant, generation
  FROM breath.begin_refresh_session(p_account, p_device, p_refresh_session) AS s;
END
$$;

CREATE OR REPLACE FUNCTION breath.begin_request(
  p_account uuid, p_device uuid, p_generation integer, p_writes boolean, p_limit_key bytea,
  p_interval_ms double precision, p_burst integer, OUT remaining integer, OUT reset_ms bigint
)
LANGUAGE plpgsql
AS $$
DECLARE
  head bigint;
  is_first_today boolean;
BEGIN
  PERFORM set_config('breath.account', p_account::text, true);
  SELECT a.remaining, a.reset_ms INTO remaining, reset_ms
  FROM breath.admit(p_limit_key, p_interval_ms, p_burst) AS a;
  IF p_writes THEN
    SELECT a.version, a.last_seen_on < current_date INTO head, is_first_today
    FROM breath.accounts a WHERE a.account_id = p_account FOR NO KEY UPDATE;
    IF breath.is_at_end(head) THEN
      PERFORM breath.renumber_account(p_account);
    END IF;
    PERFORM FROM breath.devices d
    WHERE d.account_id = p_account AND d.device_id = p_device AND d.revoked_at IS NULL
      AND d.token_generation = p_generation;
  ELSE
    SELECT a.last_seen_on < current_date INTO is_first_today
    FROM breath.devices d JOIN breath.accounts a ON a.account_id = d.account_id
    WHERE d.account_id = p_account AND d.device_id = p_device AND d.revoked_at IS NULL
      AND d.token_generation = p_generation;
  END IF;
  IF NOT FOUND THEN
    PERFORM breath.refuse_erased(p_account);
    IF EXISTS (SELECT FROM breath.accounts WHERE account_id = p_account AND merged_into IS NOT NULL)
      OR EXISTS (
        SELECT FROM breath.devices WHERE account_id = p_account AND device_id = p_device AND left_at IS NOT NULL)
    THEN
      RAISE EXCEPTION 'account moved' USING ERRCODE = 'BM401';
    END IF;
    RAISE EXCEPTION 'device revoked' USING ERRCODE = 'BM401';
  END IF;
  IF is_first_today THEN
    PERFORM breath.note_presence(p_account);
  END IF;
END
$$;

CREATE OR REPLACE FUNCTION breath.begin_key_request(
  p_account uuid, p_device uuid, p_key_hash bytea, p_scope text, p_writes boolean, p_limit_key bytea,
  p_interval_ms double precision, p_burst integer, OUT remaining integer, OUT reset_ms bigint
)
LANGUAGE plpgsql
AS $$
DECLARE
  head bigint;
  shown breath.api_keys;
BEGIN
  PERFORM set_config('breath.account', p_account::text, true);
  SELECT a.remaining, a.reset_ms INTO remaining, reset_ms
  FROM breath.admit(p_limit_key, p_interval_ms, p_burst) AS a;
  IF p_writes THEN
    SELECT version INTO head FROM breath.accounts WHERE account_id = p_account FOR NO KEY UPDATE;
    IF breath.is_at_end(head) THEN
      PERFORM breath.renumber_account(p_account);
    END IF;
  END IF;
  SELECT k.* INTO shown FROM breath.api_keys k JOIN breath.devices d USING (account_id, device_id)
  JOIN breath.devices m ON m.account_id = k.account_id AND m.device_id = k.made_by
  WHERE k.account_id = p_account AND k.device_id = p_device AND k.key_hash = p_key_hash AND k.expires_at > now()
    AND d.revoked_at IS NULL AND m.revoked_at IS NULL;
  IF NOT FOUND THEN
    PERFORM breath.refuse_erased(p_account);
    RAISE EXCEPTION 'key refused' USING ERRCODE = 'BM40K';
  END IF;
  IF p_scope <> ALL (shown.scopes) THEN
    RAISE EXCEPTION USING ERRCODE = 'BM403', MESSAGE = p_scope;
  END IF;
  IF shown.last_used_on IS DISTINCT FROM current_date THEN
    UPDATE breath.api_keys k SET last_used_on = current_date
    WHERE k.account_id = p_account AND k.device_id = p_device;
    PERFORM breath.note_presence(p_account);
  END IF;
END
$$;

CREATE OR REPLACE FUNCTION breath.revoke_devices(p_account uuid, p_devices uuid[]) RETURNS bigint
LANGUAGE sql
AS $$
  SELECT breath.renumber_account(a.account_id) FROM breath.accounts a
  WHERE a.account_id = p_account AND breath.is_at_end(a.version);
  SELECT breath.end_sessions(p_account, p_devices, 'revoked');
  WITH head AS (
    SELECT a.version FROM breath.accounts a WHERE a.account_id = p_account
  ), revoked AS (
    UPDATE breath.devices d SET revoked_at = now(), version = head.version + n.place
    FROM head, (
      SELECT device_id, row_number() OVER (ORDER BY device_id) AS place FROM breath.devices
      WHERE account_id = p_account AND device_id = ANY (p_devices || breath.keys_of(p_account, p_devices))
        AND revoked_at IS NULL
    ) AS n
    WHERE d.account_id = p_account AND d.device_id = n.device_id
    RETURNING 1
  ), moved AS (
    UPDATE breath.accounts SET version = version + (SELECT count(*) FROM revoked)
    WHERE account_id = p_account AND EXISTS (SELECT FROM revoked)
  )
  SELECT count(*) FROM revoked
$$;

-- Those that are near the end already.
SET LOCAL ROLE breath_merge;
SELECT breath.renumber_account(account_id) FROM breath.accounts WHERE breath.is_near_end(version);
