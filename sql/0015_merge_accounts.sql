-- Two anonymous accounts of one person become one, and can be taken apart again for thirty days (docs/pairing.md).
--
-- Every record belongs to a device, so what moves are devices with all their rows. It crosses accounts, which row-level
-- security keeps from every role that logs in: these functions run as a role of their own that nobody logs in as.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'breath_merge') THEN
    CREATE ROLE breath_merge NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
  END IF;
  IF NOT pg_catalog.pg_has_role(current_user, 'breath_merge', 'MEMBER') THEN
    EXECUTE format('GRANT breath_merge TO %I', current_user);
  END IF;
END
$$;
GRANT USAGE ON SCHEMA breath TO breath_merge;
SET LOCAL ROLE breath_owner;

-- Where the devices of an account went: tokens that still name it are told so. Goes with the account that took them in.
ALTER TABLE breath.accounts
  ADD COLUMN merged_into uuid CONSTRAINT accounts_merged_into REFERENCES breath.accounts ON DELETE CASCADE;
-- Set when a merge was undone and the device went back with its records: the others drop their copies of them.
ALTER TABLE breath.devices ADD COLUMN left_at timestamptz;

-- One that happened, by the account that has its devices now.
CREATE TABLE breath.merges (
  account_id uuid NOT NULL CONSTRAINT merges_account REFERENCES breath.accounts ON DELETE CASCADE,
  merge_id uuid NOT NULL DEFAULT gen_random_uuid(),
  source uuid NOT NULL CONSTRAINT merges_source REFERENCES breath.accounts ON DELETE CASCADE,
  -- The privacy tier it gets back.
  source_detail text NOT NULL,
  -- The devices that go back.
  devices uuid[] NOT NULL,
  -- Which of them redeemed the code.
  redeemed_by uuid NOT NULL,
  merged_at timestamptz NOT NULL DEFAULT now(),
  undone_at timestamptz,
  CONSTRAINT merges_pkey PRIMARY KEY (account_id, merge_id)
);
ALTER TABLE breath.merges ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY merges_of_account ON breath.merges
  USING (account_id = (SELECT nullif(current_setting('breath.account', true), '')::uuid))
  WITH CHECK (account_id = (SELECT nullif(current_setting('breath.account', true), '')::uuid));
GRANT SELECT ON breath.merges TO breath_auth;

-- A device takes with it what points at it.
ALTER TABLE breath.settings
  DROP CONSTRAINT settings_device,
  ADD CONSTRAINT settings_device FOREIGN KEY (account_id, device_id) REFERENCES breath.devices
    ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE breath.refresh_sessions
  DROP CONSTRAINT refresh_sessions_device,
  ADD CONSTRAINT refresh_sessions_device FOREIGN KEY (account_id, device_id) REFERENCES breath.devices
    ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE breath.pairing_codes
  DROP CONSTRAINT pairing_codes_device,
  ADD CONSTRAINT pairing_codes_device FOREIGN KEY (account_id, device_id) REFERENCES breath.devices
    ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE breath.device_credentials
  DROP CONSTRAINT device_credentials_device,
  ADD CONSTRAINT device_credentials_device FOREIGN KEY (account_id, device_id) REFERENCES breath.devices
    ON UPDATE CASCADE ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;

DO $$
DECLARE
  table_name text;
BEGIN
  FOREACH table_name IN ARRAY ARRAY[
    'accounts', 'devices', 'consents', 'sessions', 'day_totals', 'settings', 'push_ledger', 'refresh_sessions',
    'tombstones', 'device_credentials', 'pairing_codes', 'merges'
  ] LOOP
    EXECUTE format('CREATE POLICY %I ON breath.%I TO breath_merge USING (true)', table_name || '_of_merge', table_name);
  END LOOP;
END
$$;
GRANT SELECT, UPDATE ON
  breath.accounts, breath.consents, breath.push_ledger, breath.refresh_sessions, breath.device_credentials,
  breath.pairing_codes TO breath_merge;
GRANT SELECT, INSERT, UPDATE ON breath.merges TO breath_merge;
GRANT INSERT ON breath.consents TO breath_merge;
GRANT SELECT, INSERT, UPDATE, DELETE ON
  breath.devices, breath.sessions, breath.day_totals, breath.settings, breath.tombstones TO breath_merge;

-- Accounts' rows, always in the same order, so that no two of these wait for one another.
CREATE FUNCTION breath.lock_accounts(p_accounts uuid[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT FROM breath.accounts WHERE account_id = ANY (p_accounts) ORDER BY account_id FOR NO KEY UPDATE
$$;

-- Nobody signs in to it but its devices, so whoever has one of them may give it up. Whatever else lets a person in makes
-- this false.
CREATE FUNCTION breath.is_anonymous(p_account uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT true $$;

-- Moves devices that the other account does not know, with all their rows. Each row keeps its place in the order: the
-- versions go on behind both accounts' heads, so that no cursor is ahead of any and no two are equal on the way.
CREATE FUNCTION breath.move_devices(p_from uuid, p_to uuid, p_devices uuid[]) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  last_version bigint := (SELECT a.version FROM breath.accounts a WHERE a.account_id = p_from);
  shift bigint := last_version + (SELECT a.version FROM breath.accounts a WHERE a.account_id = p_to);
BEGIN
  UPDATE breath.settings SET version = version + shift WHERE account_id = p_from AND device_id = ANY (p_devices);
  UPDATE breath.devices SET account_id = p_to, version = version + shift, rows_version = last_version + shift
  WHERE account_id = p_from AND device_id = ANY (p_devices);
  UPDATE breath.sessions SET account_id = p_to, version = version + shift
  WHERE account_id = p_from AND device_id = ANY (p_devices);
  UPDATE breath.day_totals SET account_id = p_to, version = version + shift
  WHERE account_id = p_from AND device_id = ANY (p_devices);
  UPDATE breath.tombstones SET account_id = p_to, version = version + shift
  WHERE account_id = p_from AND device_id = ANY (p_devices);
  UPDATE breath.push_ledger SET account_id = p_to WHERE account_id = p_from AND device_id = ANY (p_devices);
  UPDATE breath.accounts SET version = last_version + shift WHERE account_id = p_to;
END
$$;

-- What follows from all rows of an account, anew: the digest and the days practised.
CREATE FUNCTION breath.settle_account(p_account uuid) RETURNS void
LANGUAGE sql
AS $$
  UPDATE breath.accounts SET
    (digest_count, digest_high, digest_low) = (
      SELECT count(*), coalesce(bit_xor(r.high), 0), coalesce(bit_xor(r.low), 0) FROM breath.records(p_account) r),
    practised = coalesce((
      SELECT range_agg(daterange(t.local_date, t.local_date, '[]')) FROM breath.day_totals t
      WHERE t.account_id = p_account AND t.sessions > 0), '{}')
  WHERE account_id = p_account
$$;

-- A device that both accounts know, one of them perhaps from another machine only (adopt_devices): row by row by the
-- rules of docs/sync.md. First each side learns what wins for ever, a clearing or a deletion, by the functions that a
-- push uses; then nothing of the two contradicts, and where a session differs the target's was the first to come.
CREATE FUNCTION breath.unite_device(p_source uuid, p_target uuid, p_device uuid, p_caller uuid) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  theirs breath.devices;
  ours breath.devices;
  last_version bigint;
  shift bigint;
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
  SELECT a.version INTO last_version FROM breath.accounts a WHERE a.account_id = p_source;
  SELECT a.version + last_version INTO shift FROM breath.accounts a WHERE a.account_id = p_target;
  UPDATE breath.settings SET account_id = p_target, version = version + shift
  WHERE account_id = p_source AND device_id = p_device;
  UPDATE breath.sessions SET account_id = p_target, version = version + shift
  WHERE account_id = p_source AND device_id = p_device;
  UPDATE breath.tombstones SET account_id = p_target, version = version + shift
  WHERE account_id = p_source AND device_id = p_device;
  UPDATE breath.push_ledger SET account_id = p_target WHERE account_id = p_source AND device_id = p_device;
  UPDATE breath.refresh_sessions SET account_id = p_target WHERE account_id = p_source AND device_id = p_device;
  UPDATE breath.pairing_codes SET account_id = p_target WHERE account_id = p_source AND device_id = p_device;
  PERFORM breath.unite_days(p_source, p_target, p_device, shift);

  -- What a device says of itself comes from where it can prove itself, or else from where it has not left.
  IF EXISTS (SELECT FROM breath.device_credentials WHERE device_id = p_device AND account_id = p_source)
    OR (ours.left_at IS NOT NULL AND theirs.left_at IS NULL)
  THEN
    UPDATE breath.devices SET name = theirs.name, time_zone = theirs.time_zone, revoked_at = theirs.revoked_at,
      clock_offset_ms = theirs.clock_offset_ms, left_at = theirs.left_at
    WHERE account_id = p_target AND device_id = p_device;
  END IF;
  UPDATE breath.device_credentials SET account_id = p_target WHERE account_id = p_source AND device_id = p_device;
  UPDATE breath.devices d SET version = theirs.version + shift, rows_version = last_version + shift,
    token_generation = greatest(d.token_generation, theirs.token_generation),
    reported_xp = greatest(d.reported_xp, theirs.reported_xp),
    reported_longest_streak = greatest(d.reported_longest_streak, theirs.reported_longest_streak),
    reported_challenges = greatest(d.reported_challenges, theirs.reported_challenges),
    reported_active_ms = greatest(d.reported_active_ms, theirs.reported_active_ms)
  WHERE d.account_id = p_target AND d.device_id = p_device;
  DELETE FROM breath.devices WHERE account_id = p_source AND device_id = p_device;
  UPDATE breath.accounts SET version = last_version + shift WHERE account_id = p_target;
  PERFORM breath.settle_days(p_target, p_device, '{}');
END
$$;

-- Deletes in one account the device's sessions that are deleted in the other, also where only their hashes are kept.
CREATE FUNCTION breath.delete_as_elsewhere(p_account uuid, p_other uuid, p_device uuid, p_caller uuid) RETURNS void
LANGUAGE sql
AS $$
  SELECT count(d.status)
  FROM (
    SELECT coalesce(array_agg(s.device_id), '{}') AS devices, coalesce(array_agg(s.session_id), '{}') AS sessions
    FROM breath.sessions s
    CROSS JOIN LATERAL breath.tombstone_hash(s.device_id, s.session_id) AS h
    JOIN breath.tombstones t ON t.account_id = p_other AND t.hash_high = h.high AND t.hash_low = h.low
    WHERE s.account_id = p_account AND s.device_id = p_device
  ) AS gone
  CROSS JOIN LATERAL breath.delete_sessions(p_account, p_caller, gone.devices, gone.sessions) AS d
$$;

-- Of what was reported each number keeps the larger; what is derived follows from the sessions, which are together already.
CREATE FUNCTION breath.unite_days(p_source uuid, p_target uuid, p_device uuid, p_shift bigint) RETURNS void
LANGUAGE sql
AS $$
  INSERT INTO breath.day_totals AS t (
    account_id, local_date, device_id, version, reported_sessions, reported_active_ms, reported_cycles, reported_xp)
  SELECT p_target, s.local_date, p_device, s.version + p_shift, s.reported_sessions, s.reported_active_ms,
    s.reported_cycles, s.reported_xp
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

-- Merges `p_source` into `p_target`. The caller holds both rows (lock_accounts) and has proved that it may. The target's
-- privacy tier holds: sessions that it does not share are coarsened as choose_detail does, and stay on their machines.
CREATE FUNCTION breath.merge_accounts(p_source uuid, p_target uuid, p_device uuid) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  devices_max CONSTANT integer := 100;
  source breath.accounts;
  target breath.accounts;
  merge uuid;
  known uuid;
BEGIN
  IF NOT breath.is_anonymous(p_source) THEN
    RAISE EXCEPTION 'source is not anonymous' USING ERRCODE = 'BM409';
  END IF;
  SELECT * INTO source FROM breath.accounts a WHERE a.account_id = p_source;
  SELECT * INTO target FROM breath.accounts a WHERE a.account_id = p_target;
  IF devices_max < (
    SELECT count(DISTINCT d.device_id) FROM breath.devices d
    WHERE d.account_id IN (p_source, p_target) AND d.left_at IS NULL
  ) THEN
    RAISE EXCEPTION 'too many devices' USING ERRCODE = 'BM409';
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
    SELECT s.device_id FROM breath.devices s JOIN breath.devices t ON t.account_id = p_target AND t.device_id = s.device_id
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

-- Gives the devices of a merge back to their account, with all their rows, also what they practised since, and the
-- privacy tier it had. Each side keeps of the other's devices nothing but that they left, so that copies on machines are
-- dropped and not sent again. `outcome`: 'undone', 'expired'; NULL when the account has no such merge.
CREATE FUNCTION breath.undo_merge(
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
    AND a.account_id IN (SELECT m.source FROM breath.merges m WHERE m.account_id = undo_merge.source AND m.undone_at IS NULL);
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

-- In `p_account`, of devices that live in the other account now: that they left, and the marker of their last clearing.
CREATE FUNCTION breath.note_departures(p_account uuid, p_other uuid, p_devices uuid[]) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  head bigint := (SELECT a.version FROM breath.accounts a WHERE a.account_id = p_account);
BEGIN
  INSERT INTO breath.devices (
    account_id, device_id, version, rows_version, name, time_zone, reset_at, revoked_at, left_at)
  SELECT p_account, d.device_id, head + row_number() OVER (ORDER BY d.version), 0, 'device', 'UTC', d.reset_at, now(),
    now()
  FROM breath.devices d
  WHERE d.account_id = p_other AND d.device_id = ANY (p_devices)
  ON CONFLICT ON CONSTRAINT devices_pkey DO NOTHING;
  UPDATE breath.accounts SET version = head + cardinality(p_devices) WHERE account_id = p_account;
END
$$;

-- Where the other account took a setting along, what this one has of it may count again: it is told anew.
CREATE FUNCTION breath.announce_settings(p_account uuid, p_other uuid) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  head bigint := (SELECT a.version FROM breath.accounts a WHERE a.account_id = p_account);
  announced bigint;
BEGIN
  WITH numbered AS (
    SELECT s.module, s.key, s.device_id, row_number() OVER (ORDER BY s.version) AS place
    FROM breath.settings s
    WHERE s.account_id = p_account AND EXISTS (
      SELECT FROM breath.settings o WHERE o.account_id = p_other AND o.module = s.module AND o.key = s.key)
  ), told AS (
    UPDATE breath.settings s SET version = head + n.place
    FROM numbered n
    WHERE s.account_id = p_account AND s.module = n.module AND s.key = n.key AND s.device_id = n.device_id
    RETURNING 1
  )
  SELECT count(*) INTO announced FROM told;
  UPDATE breath.accounts SET version = head + announced WHERE account_id = p_account;
  UPDATE breath.devices SET rows_version = head + announced WHERE account_id = p_account AND announced > 0;
END
$$;

-- Which account a refresh session is in now: the one its token names, or where a merge or an undo took it since. Takes that
-- account's row, so that it stays true. NULL when there is no such session.
CREATE FUNCTION breath.locate_refresh(p_account uuid, p_session uuid) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  found_in uuid;
BEGIN
  LOOP
    WITH RECURSIVE reachable AS (
      SELECT p_account AS account_id
      UNION
      SELECT next.account_id
      FROM reachable r
      CROSS JOIN LATERAL (
        SELECT a.merged_into AS account_id FROM breath.accounts a
        WHERE a.account_id = r.account_id AND a.merged_into IS NOT NULL
        UNION ALL
        SELECT m.source FROM breath.merges m WHERE m.account_id = r.account_id AND m.undone_at IS NOT NULL
      ) AS next
    )
    SELECT s.account_id INTO found_in
    FROM reachable r JOIN breath.refresh_sessions s ON s.account_id = r.account_id AND s.session_id = p_session;
    EXIT WHEN found_in IS NULL;
    PERFORM breath.lock_accounts(ARRAY[found_in]);
    EXIT WHEN EXISTS (
      SELECT FROM breath.refresh_sessions WHERE account_id = found_in AND session_id = p_session);
  END LOOP;
  RETURN found_in;
END
$$;

-- Where a person stands, as `Progress` reads it. `p_time_zone`: whose today is meant.
CREATE FUNCTION breath.standing(
  p_account uuid, p_time_zone text, OUT devices bigint, OUT sessions bigint, OUT total_xp bigint, OUT active_ms bigint,
  OUT longest_streak bigint, OUT today date, OUT run_starts date[], OUT run_ends date[]
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT t.devices, t.sessions, t.xp, t.active_ms, t.longest_streak,
    ((clock_timestamp() AT TIME ZONE p_time_zone) - a.day_start_minutes * interval '1 minute')::date,
    ARRAY(SELECT lower(r) FROM unnest(a.practised) r), ARRAY(SELECT upper(r) FROM unnest(a.practised) r)
  FROM breath.accounts a
  CROSS JOIN (
    SELECT count(*) FILTER (WHERE d.left_at IS NULL) AS devices, coalesce(sum(d.sessions), 0)::bigint AS sessions,
      coalesce(sum(greatest(d.reported_xp, d.xp)), 0)::bigint AS xp, coalesce(sum(d.active_ms), 0)::bigint AS active_ms,
      coalesce(max(d.reported_longest_streak), 0) AS longest_streak
    FROM breath.devices d WHERE d.account_id = p_account
  ) AS t
  WHERE a.account_id = p_account
$$;
RESET ROLE;

GRANT CREATE ON SCHEMA breath TO breath_merge;
ALTER FUNCTION breath.lock_accounts OWNER TO breath_merge;
ALTER FUNCTION breath.is_anonymous OWNER TO breath_merge;
ALTER FUNCTION breath.merge_accounts OWNER TO breath_merge;
ALTER FUNCTION breath.undo_merge OWNER TO breath_merge;
ALTER FUNCTION breath.locate_refresh OWNER TO breath_merge;
ALTER FUNCTION breath.standing OWNER TO breath_merge;
REVOKE CREATE ON SCHEMA breath FROM breath_merge;
SET LOCAL ROLE breath_owner;

-- The accounts that a code and a device belong to, locked in one order. No target: nobody may redeem this code. Another
-- secret than the device's raises BM409.
CREATE FUNCTION breath.lock_pairing(
  p_code_hash bytea, p_device uuid, p_secret_hash bytea, OUT target uuid, OUT source uuid
)
LANGUAGE plpgsql
AS $$
DECLARE
  secret_hash bytea;
BEGIN
  SELECT c.account_id INTO target FROM breath.pairing_codes c WHERE c.code_hash = p_code_hash;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  SELECT c.account_id, c.secret_hash INTO source, secret_hash
  FROM breath.device_credentials c WHERE c.device_id = p_device;
  PERFORM breath.lock_accounts(ARRAY[target, source]);
  -- While this waited, either may have moved to another account: run again with the right locks.
  PERFORM FROM breath.pairing_codes c WHERE c.code_hash = p_code_hash AND c.account_id = target;
  IF NOT FOUND OR source IS DISTINCT FROM (
    SELECT c.account_id FROM breath.device_credentials c WHERE c.device_id = p_device
  ) THEN
    RAISE EXCEPTION 'moved meanwhile' USING ERRCODE = '40001';
  END IF;
  -- Only who joined may repeat itself: one whose merge was undone since must ask for a new code.
  PERFORM FROM breath.pairing_codes c
  WHERE c.code_hash = p_code_hash AND c.expires_at > now()
    AND (c.redeemed_at IS NULL OR (c.redeemed_by = p_device AND source = target));
  IF NOT FOUND THEN
    target := NULL;
    RETURN;
  END IF;
  PERFORM set_config('breath.account', target::text, true);
  PERFORM FROM breath.pairing_codes c
  JOIN breath.devices d ON d.account_id = c.account_id AND d.device_id = c.device_id
  WHERE c.code_hash = p_code_hash AND d.revoked_at IS NULL;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'made by a revoked device' USING ERRCODE = 'BM404';
  ELSIF secret_hash <> p_secret_hash THEN
    RAISE EXCEPTION 'device exists' USING ERRCODE = 'BM409';
  END IF;
  IF source = target THEN
    source := NULL;
  ELSIF source IS NOT NULL THEN
    PERFORM set_config('breath.account', source::text, true);
    PERFORM FROM breath.devices WHERE account_id = source AND device_id = p_device AND revoked_at IS NULL;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'device revoked' USING ERRCODE = 'BM401';
    END IF;
    PERFORM set_config('breath.account', target::text, true);
  END IF;
END
$$;

-- Redeems a one-time code: the device joins the account that made it, and an anonymous account that it has already is
-- merged into that one. Exactly one redeem wins; the winner may repeat itself, because its reply may have been lost. A code
-- that nobody may redeem has no account: an answer and no exception, which would take back that the guess was counted.
DROP FUNCTION breath.redeem_pairing;
CREATE FUNCTION breath.redeem_pairing(
  p_code_hash bytea, p_device uuid, p_secret_hash bytea, p_name text, p_time_zone text, p_refresh_session uuid,
  OUT account uuid, OUT tenant uuid, OUT generation integer, OUT merge uuid, OUT merged_at timestamptz,
  OUT source uuid, OUT devices uuid[]
)
LANGUAGE plpgsql
AS $$
BEGIN
  SELECT p.target, p.source INTO account, source FROM breath.lock_pairing(p_code_hash, p_device, p_secret_hash) AS p;
  IF account IS NULL THEN
    RETURN;
  END IF;
  UPDATE breath.pairing_codes AS c SET redeemed_at = coalesce(c.redeemed_at, now()), redeemed_by = p_device
  WHERE c.code_hash = p_code_hash;
  IF source IS NOT NULL THEN
    merge := breath.merge_accounts(source, account, p_device);
    UPDATE breath.pairing_codes AS c SET merge_id = merge WHERE c.code_hash = p_code_hash;
  END IF;
  SELECT m.merge_id, m.merged_at, m.source, m.devices INTO merge, merged_at, source, devices
  FROM breath.merges m JOIN breath.pairing_codes c ON c.account_id = m.account_id AND c.merge_id = m.merge_id
  WHERE m.account_id = account AND c.code_hash = p_code_hash;
  SELECT j.tenant, j.generation INTO tenant, generation
  FROM breath.join_device(account, p_device, p_secret_hash, p_name, p_time_zone, p_refresh_session) AS j;
END
$$;
-- Which merge a code led to, for who repeats itself.
ALTER TABLE breath.pairing_codes ADD COLUMN merge_id uuid;

-- What redeeming would do, in numbers: where each account stands, and the account they would be. The merge is made and
-- taken back, so that these are the numbers it then gives; the code stays as it is.
CREATE FUNCTION breath.preview_pairing(p_code_hash bytea, p_device uuid, p_secret_hash bytea, p_time_zone text)
RETURNS TABLE (
  part text, devices bigint, sessions bigint, total_xp bigint, active_ms bigint, longest_streak bigint, today date,
  run_starts date[], run_ends date[]
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
    SELECT s.* INTO devices, sessions, total_xp, active_ms, longest_streak, today, run_starts, run_ends
    FROM breath.standing(target, zone) AS s;
    RAISE EXCEPTION 'taken back' USING ERRCODE = 'BM001';
  EXCEPTION WHEN SQLSTATE 'BM001' THEN
    NULL;
  END;
  part := 'after';
  RETURN NEXT;
END
$$;

-- The one way in which a device joins an account that is locked and entered: a new device, of a hundred at most; one that the
-- account knows already, from another machine's copy after a restore or because it left, which comes in as itself; or one of
-- its own that repeats itself because its reply was lost. Whoever calls has decided that it may.
CREATE FUNCTION breath.join_device(
  p_account uuid, p_device uuid, p_secret_hash bytea, p_name text, p_time_zone text, p_refresh_session uuid,
  OUT tenant uuid, OUT generation integer
)
LANGUAGE plpgsql
AS $$
DECLARE
  devices_max CONSTANT integer := 100;
  next_version bigint;
BEGIN
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

-- As in 0011; a device whose account moved is told to refresh, which follows it there.
CREATE OR REPLACE FUNCTION breath.begin_request(
  p_account uuid, p_device uuid, p_generation integer, p_writes boolean, p_limit_key bytea,
  p_interval_ms double precision, p_burst integer, OUT remaining integer, OUT reset_ms bigint
)
LANGUAGE plpgsql
AS $$
BEGIN
  PERFORM set_config('breath.account', p_account::text, true);
  SELECT a.remaining, a.reset_ms INTO remaining, reset_ms
  FROM breath.admit(p_limit_key, p_interval_ms, p_burst) AS a;
  IF p_writes THEN
    PERFORM FROM breath.accounts WHERE account_id = p_account FOR NO KEY UPDATE;
  END IF;
  PERFORM FROM breath.devices
  WHERE account_id = p_account AND device_id = p_device AND revoked_at IS NULL AND token_generation = p_generation;
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
END
$$;

-- One that has a credential now is at home in another account than the one that was erased: it had left that one, or was
-- known there from a copy only.
CREATE OR REPLACE FUNCTION breath.refuse_erased_device() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM breath.device_credentials c WHERE c.device_id = NEW.device_id) THEN
    PERFORM breath.refuse_erased(NEW.device_id);
  END IF;
  RETURN NEW;
END
$$;

CREATE OR REPLACE FUNCTION breath.device_json(d breath.devices) RETURNS text
LANGUAGE sql STABLE
AS $$
  SELECT '{"id":"' || d.device_id || '","name":' || to_json(d.name) || ',"timeZone":' || to_json(d.time_zone)
    || ',"reset":' || coalesce('"' || breath.time_json(d.reset_at) || '"', 'null')
    || ',"revoked":' || (d.revoked_at IS NOT NULL)
    || CASE WHEN d.left_at IS NOT NULL THEN ',"left":true' ELSE '' END || '}'
$$;

CREATE OR REPLACE FUNCTION breath.holdings(p_account uuid) RETURNS text
LANGUAGE sql STABLE
AS $$
  SELECT string_agg(
    '{"device":"' || d.device_id || '","records":' || h.records || ',"digest":"'
      || breath.digest_text(h.records, h.high, h.low) || '"'
      || CASE WHEN d.left_at IS NOT NULL THEN ',"left":true' ELSE '' END || '}', ',' ORDER BY d.version)
  FROM breath.devices d
  LEFT JOIN LATERAL (
    SELECT count(*) AS records, coalesce(bit_xor(r.high), 0) AS high, coalesce(bit_xor(r.low), 0) AS low
    FROM breath.records(p_account) r WHERE r.device_id = d.device_id
  ) AS h ON true
  WHERE d.account_id = p_account
$$;

REVOKE ALL ON FUNCTION
  breath.lock_pairing, breath.redeem_pairing, breath.preview_pairing, breath.join_device FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
  breath.lock_pairing, breath.redeem_pairing, breath.preview_pairing, breath.join_device TO breath_auth;
REVOKE ALL ON FUNCTION
  breath.move_devices, breath.settle_account, breath.unite_device, breath.delete_as_elsewhere, breath.unite_days,
  breath.note_departures, breath.announce_settings FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
  breath.move_devices, breath.settle_account, breath.unite_device, breath.delete_as_elsewhere, breath.unite_days,
  breath.note_departures, breath.announce_settings, breath.choose_detail, breath.reset_device, breath.delete_sessions,
  breath.settle_days, breath.records, breath.day_hash, breath.record_hash, breath.tombstone_hash TO breath_merge;
RESET ROLE;
REVOKE ALL ON FUNCTION
  breath.lock_accounts, breath.is_anonymous, breath.merge_accounts, breath.undo_merge, breath.locate_refresh,
  breath.standing FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
  breath.lock_accounts, breath.merge_accounts, breath.undo_merge, breath.locate_refresh, breath.standing TO breath_auth;
