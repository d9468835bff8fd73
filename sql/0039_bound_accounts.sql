-- Bounds on what one account may hold, far above what ten years of practice on ten machines need, and each answered by
-- a verdict or a 409 (docs/security.md lists every table with its own). Sessions, days and tombstones are bounded where
-- they are stored.
SET LOCAL ROLE breath_owner;

CREATE FUNCTION breath.account_bounds(
  -- Neither revoked nor gone; and known at all, which leaves room for what was revoked and for three hundred that left.
  OUT devices_max integer, OUT known_devices_max integer,
  OUT merges_max integer, OUT shares_max integer,
  -- By module and key; and each device's own statements about them, as ten machines have that know all.
  OUT settings_max integer, OUT statements_max integer,
  -- Of sessions and reported days, and of deletions, as `breath.room` has it (0029).
  OUT records_max integer,
  -- The same, of an account that a merge moves: half of what fits into the time that a statement has.
  OUT moved_records_max integer,
  -- Open at once.
  OUT pairing_codes_max integer
)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT 100, 500, 300, 100, 500, 5000, 200000, 100000, 20 $$;

-- Whether a device may be one of the account's: new, or again.
CREATE FUNCTION breath.has_device_room(p_account uuid, p_device uuid) RETURNS boolean
LANGUAGE sql STABLE
AS $$
  SELECT o.known < b.known_devices_max AND o.used < b.devices_max
  FROM breath.account_bounds() AS b, (
    SELECT count(*) AS known, count(*) FILTER (WHERE d.revoked_at IS NULL AND d.left_at IS NULL) AS used
    FROM breath.devices d WHERE d.account_id = p_account AND d.device_id <> p_device
  ) AS o
$$;

-- As before (0038), with every bound of what the two would be together. An undo needs none: each side then has no more
-- than both had.
CREATE OR REPLACE FUNCTION breath.merge_refusal(p_source uuid, p_target uuid) RETURNS text
LANGUAGE plpgsql STABLE
AS $$
DECLARE
  pair CONSTANT uuid[] := ARRAY[p_source, p_target];
  bounds record;
  known record;
BEGIN
  SELECT * INTO bounds FROM breath.account_bounds();
  IF EXISTS (SELECT FROM breath.accounts a WHERE a.account_id = ANY (pair) AND breath.is_near_end(a.version)) THEN
    RETURN 'versions near their end';
  END IF;
  SELECT count(DISTINCT d.device_id) AS known,
    count(DISTINCT d.device_id) FILTER (WHERE d.revoked_at IS NULL AND d.left_at IS NULL) AS used
  INTO known FROM breath.devices d WHERE d.account_id = ANY (pair);
  IF known.known > bounds.known_devices_max OR known.used > bounds.devices_max THEN
    RETURN 'too many devices';
  ELSIF (SELECT count(*) FROM breath.merges m WHERE m.account_id = ANY (pair)) >= bounds.merges_max THEN
    RETURN 'too many merges';
  END IF;
  SELECT count(DISTINCT (s.module, s.key)) AS settings, count(*) AS statements
  INTO known FROM breath.settings s WHERE s.account_id = ANY (pair);
  IF known.settings > bounds.settings_max OR known.statements > bounds.statements_max THEN
    RETURN 'too many settings';
  ELSIF (SELECT count(*) FROM breath.shares s WHERE s.account_id = ANY (pair)) > bounds.shares_max
    OR (
      SELECT greatest(sum(a.kept), sum(a.tombstones)) FROM breath.accounts a WHERE a.account_id = ANY (pair)
    ) > bounds.records_max
  THEN
    RETURN 'account full';
  ELSIF (SELECT greatest(a.kept, a.tombstones) FROM breath.accounts a WHERE a.account_id = p_source)
    > bounds.moved_records_max
  THEN
    RETURN 'too much to move';
  END IF;
  RETURN NULL;
END
$$;

-- As before (0038), by the bound that all who add a device go by.
CREATE OR REPLACE FUNCTION breath.join_device(
  p_account uuid, p_device uuid, p_secret_hash bytea, p_name text, p_time_zone text, p_refresh_session uuid,
  OUT tenant uuid, OUT generation integer
)
LANGUAGE plpgsql
AS $$
DECLARE
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
    IF NOT breath.has_device_room(p_account, p_device) THEN
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

-- As before (0019): a key is a device.
CREATE OR REPLACE FUNCTION breath.make_api_key(
  p_account uuid, p_maker uuid, p_device uuid, p_key_hash bytea, p_name text, p_scopes text[], p_expires_at timestamptz,
  OUT outcome text
)
LANGUAGE plpgsql
AS $$
DECLARE
  keys_max CONSTANT integer := 20;
  next_version bigint;
BEGIN
  outcome := 'too_many';
  IF (
    SELECT count(*) FROM breath.api_keys k JOIN breath.devices d USING (account_id, device_id)
    WHERE k.account_id = p_account AND d.revoked_at IS NULL AND k.expires_at > now()
  ) >= keys_max THEN
    RETURN;
  ELSIF NOT breath.has_device_room(p_account, p_device) THEN
    RAISE EXCEPTION 'too many devices' USING ERRCODE = 'BM409';
  END IF;
  UPDATE breath.accounts a SET version = a.version + 1 WHERE a.account_id = p_account
  RETURNING a.version INTO next_version;
  INSERT INTO breath.devices (account_id, device_id, version, name, time_zone)
  SELECT p_account, p_device, next_version, p_name, d.time_zone FROM breath.devices d
  WHERE d.account_id = p_account AND d.device_id = p_maker;
  INSERT INTO breath.api_keys (account_id, device_id, key_hash, scopes, made_by, expires_at)
  VALUES (p_account, p_device, p_key_hash, p_scopes, p_maker, p_expires_at);
  outcome := 'made';
END
$$;

-- As before (0011); it tells the places, from 1, of devices that there is no room for.
DROP FUNCTION breath.adopt_devices;
CREATE FUNCTION breath.adopt_devices(
  p_account uuid, p_caller uuid, p_devices uuid[], p_names text[], p_zones text[], p_resets timestamptz[]
) RETURNS SETOF integer
LANGUAGE plpgsql
AS $$
DECLARE
  is_full boolean := false;
  next_version bigint;
BEGIN
  FOR i IN 1 .. cardinality(p_devices) LOOP
    IF p_devices[i] = p_caller THEN CONTINUE; END IF;
    IF EXISTS (SELECT FROM breath.devices d WHERE d.account_id = p_account AND d.device_id = p_devices[i]) THEN
      IF p_resets[i] IS NOT NULL THEN
        PERFORM breath.reset_device(p_account, p_caller, p_devices[i], p_resets[i]);
      END IF;
      CONTINUE;
    END IF;
    -- Full once is full for all that come after: asked once, however many there are.
    is_full := is_full OR NOT breath.has_device_room(p_account, p_devices[i]);
    IF is_full THEN
      RETURN NEXT i;
      CONTINUE;
    END IF;
    UPDATE breath.accounts a SET version = a.version + 1 WHERE a.account_id = p_account
    RETURNING a.version INTO next_version;
    INSERT INTO breath.devices (account_id, device_id, version, name, time_zone, reset_at)
    VALUES (p_account, p_devices[i], next_version, p_names[i], breath.known_zone(p_zones[i]), p_resets[i]);
  END LOOP;
END
$$;

REVOKE ALL ON FUNCTION breath.account_bounds, breath.has_device_room, breath.adopt_devices FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.account_bounds TO breath_sync, breath_auth, breath_merge;
GRANT EXECUTE ON FUNCTION breath.has_device_room TO breath_sync, breath_auth;
GRANT EXECUTE ON FUNCTION breath.adopt_devices TO breath_sync;

-- Codes that are open are counted by account; and a device that goes takes its codes along.
CREATE INDEX pairing_codes_by_device ON breath.pairing_codes (account_id, device_id);

-- What an account without a sign-in of its own sends is counted in bytes as well: whoever makes such accounts only to
-- fill the disk is slowed down, and a person's history of ten years fits into what is free at once. By the limiter that
-- counts requests, with a step as long as these bytes take at so many a day.
CREATE FUNCTION breath.charge_bytes(
  p_account uuid, p_limit_key bytea, p_bytes bigint, p_bytes_a_day double precision, p_burst_bytes double precision
) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
  IF breath.is_anonymous(p_account) THEN
    PERFORM breath.admit(
      p_limit_key, p_bytes * 86400000.0 / p_bytes_a_day, greatest(1, least(1e6, p_burst_bytes / p_bytes))::integer);
  END IF;
END
$$;
REVOKE ALL ON FUNCTION breath.charge_bytes FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.charge_bytes TO breath_sync;

-- Lists that a person looks at keep their newest rows. With the rights of maintenance, which alone may take rows away.
RESET ROLE;
GRANT EXECUTE ON FUNCTION breath.is_anonymous TO breath_sync;
GRANT SELECT, DELETE ON breath.consents TO breath_maintenance;
CREATE FUNCTION breath.keep_newest() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  consents_max CONSTANT integer := 1000;
  pushes_max CONSTANT integer := 5000;
  sessions_max CONSTANT integer := 100;
  mails_max CONSTANT integer := 100;
BEGIN
  CASE TG_TABLE_NAME
  -- The newest choice of each subject stays, however old it is.
  WHEN 'consents' THEN
    DELETE FROM breath.consents c
    WHERE c.account_id = NEW.account_id AND c.recorded_at < (
        SELECT k.recorded_at FROM breath.consents k WHERE k.account_id = NEW.account_id
        ORDER BY k.recorded_at DESC OFFSET consents_max - 1 LIMIT 1)
      AND EXISTS (
        SELECT FROM breath.consents n
        WHERE n.account_id = NEW.account_id AND n.subject = c.subject AND n.recorded_at > c.recorded_at);
  WHEN 'push_ledger' THEN
    DELETE FROM breath.push_ledger l
    WHERE l.account_id = NEW.account_id AND l.entry < (
      SELECT k.entry FROM breath.push_ledger k WHERE k.account_id = NEW.account_id
      ORDER BY k.entry DESC OFFSET pushes_max - 1 LIMIT 1);
  -- Of one device. Who comes with the token of one that is gone signs in with its secret.
  WHEN 'refresh_sessions' THEN
    DELETE FROM breath.refresh_sessions s
    WHERE s.account_id = NEW.account_id AND s.device_id = NEW.device_id AND s.rotated_at < (
      SELECT k.rotated_at FROM breath.refresh_sessions k
      WHERE k.account_id = NEW.account_id AND k.device_id = NEW.device_id
      ORDER BY k.rotated_at DESC OFFSET sessions_max - 1 LIMIT 1);
  -- One that still waits to be sent stays.
  WHEN 'outbox' THEN
    DELETE FROM breath.outbox o
    WHERE o.account_id = NEW.account_id AND (o.sent_at IS NOT NULL OR o.expires_at < now()) AND o.created_at < (
      SELECT k.created_at FROM breath.outbox k WHERE k.account_id = NEW.account_id
      ORDER BY k.created_at DESC OFFSET mails_max - 1 LIMIT 1);
  END CASE;
  RETURN NULL;
END
$$;
GRANT CREATE ON SCHEMA breath TO breath_maintenance;
ALTER FUNCTION breath.keep_newest OWNER TO breath_maintenance;
REVOKE CREATE ON SCHEMA breath FROM breath_maintenance;
REVOKE ALL ON FUNCTION breath.keep_newest FROM PUBLIC;
CREATE TRIGGER consents_keep_newest AFTER INSERT ON breath.consents
  FOR EACH ROW EXECUTE FUNCTION breath.keep_newest();
CREATE TRIGGER refresh_sessions_keep_newest AFTER INSERT ON breath.refresh_sessions
  FOR EACH ROW EXECUTE FUNCTION breath.keep_newest();
CREATE TRIGGER outbox_keep_newest AFTER INSERT ON breath.outbox
  FOR EACH ROW EXECUTE FUNCTION breath.keep_newest();
-- Not at every push, which it would cost more than it is worth, and by chance, so that nobody can push past it.
CREATE TRIGGER push_ledger_keep_newest AFTER INSERT ON breath.push_ledger
  FOR EACH ROW WHEN (random() < 1.0 / 256) EXECUTE FUNCTION breath.keep_newest();
