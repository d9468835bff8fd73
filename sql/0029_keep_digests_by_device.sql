SET LOCAL ROLE breath_owner;

-- What a restart and the bounds of an account ask for is kept by the writes instead of being read from all rows: a
-- caller with a foreign cursor must not cost more than one with its own.

-- What is rewritten below for all accounts at once; forced row-level security keeps even the owner from it.
ALTER TABLE breath.accounts NO FORCE ROW LEVEL SECURITY;
ALTER TABLE breath.devices NO FORCE ROW LEVEL SECURITY;
ALTER TABLE breath.sessions NO FORCE ROW LEVEL SECURITY;
ALTER TABLE breath.day_totals NO FORCE ROW LEVEL SECURITY;
ALTER TABLE breath.tombstones NO FORCE ROW LEVEL SECURITY;

ALTER TABLE breath.accounts
  -- Sessions and reported days, and tombstones, also those whose ids were forgotten: what the account may have more of.
  ADD COLUMN kept bigint NOT NULL DEFAULT 0,
  ADD COLUMN tombstones bigint NOT NULL DEFAULT 0;
ALTER TABLE breath.devices
  -- As the account's, of the records of this device.
  ADD COLUMN digest_count bigint NOT NULL DEFAULT 0,
  ADD COLUMN digest_high bigint NOT NULL DEFAULT 0,
  ADD COLUMN digest_low bigint NOT NULL DEFAULT 0;
-- Of the reported numbers; 0 when the day is no record.
ALTER TABLE breath.day_totals
  ADD COLUMN hash_high bigint NOT NULL DEFAULT 0,
  ADD COLUMN hash_low bigint NOT NULL DEFAULT 0;

-- Whatever writes the reported numbers of a day, its hash is theirs.
CREATE FUNCTION breath.hash_day() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
  SELECT h.high, h.low INTO new.hash_high, new.hash_low
  FROM breath.day_hash(
    new.device_id, new.local_date, new.reported_sessions, new.reported_active_ms, new.reported_cycles, new.reported_xp
  ) AS h;
  RETURN new;
END
$$;
REVOKE ALL ON FUNCTION breath.hash_day FROM PUBLIC;
CREATE TRIGGER day_totals_hash_new BEFORE INSERT ON breath.day_totals
  FOR EACH ROW WHEN (greatest(
    new.reported_sessions, new.reported_active_ms, new.reported_cycles, new.reported_xp) > 0)
  EXECUTE FUNCTION breath.hash_day();
CREATE TRIGGER day_totals_hash_changed
  BEFORE UPDATE OF reported_sessions, reported_active_ms, reported_cycles, reported_xp ON breath.day_totals
  FOR EACH ROW WHEN (
    (old.reported_sessions, old.reported_active_ms, old.reported_cycles, old.reported_xp)
      IS DISTINCT FROM (new.reported_sessions, new.reported_active_ms, new.reported_cycles, new.reported_xp))
  EXECUTE FUNCTION breath.hash_day();

-- As before (0011); nothing is hashed again.
CREATE OR REPLACE FUNCTION breath.records(p_account uuid)
RETURNS TABLE (device_id uuid, local_date date, high bigint, low bigint)
LANGUAGE sql STABLE
AS $$
  SELECT s.device_id, s.local_date, s.hash_high, s.hash_low FROM breath.sessions s WHERE s.account_id = p_account
  UNION ALL
  SELECT t.device_id, NULL, t.hash_high, t.hash_low FROM breath.tombstones t
  WHERE t.account_id = p_account AND t.session_id IS NOT NULL
  UNION ALL
  SELECT t.device_id, t.local_date, t.hash_high, t.hash_low FROM breath.day_totals t
  WHERE t.account_id = p_account
    AND greatest(t.reported_sessions, t.reported_active_ms, t.reported_cycles, t.reported_xp) > 0
$$;

-- As before (0015), from what is kept with each device: one row a device.
CREATE OR REPLACE FUNCTION breath.holdings(p_account uuid) RETURNS text
LANGUAGE sql STABLE
AS $$
  SELECT string_agg(
    '{"device":"' || d.device_id || '","records":' || d.digest_count || ',"digest":"'
      || breath.digest_text(d.digest_count, d.digest_high, d.digest_low) || '"'
      || CASE WHEN d.left_at IS NOT NULL THEN ',"left":true' ELSE '' END || '}', ',' ORDER BY d.version)
  FROM breath.devices d
  WHERE d.account_id = p_account
$$;

-- Counts and digests anew, from all rows: after what moves many of them at once.
CREATE FUNCTION breath.settle_digests(p_account uuid) RETURNS void
LANGUAGE sql
AS $$
  UPDATE breath.devices d SET digest_count = r.records, digest_high = r.high, digest_low = r.low
  FROM breath.devices n
  LEFT JOIN (
    SELECT i.device_id, count(*) AS records, bit_xor(i.high) AS high, bit_xor(i.low) AS low
    FROM breath.records(p_account) AS i GROUP BY i.device_id
  ) AS f ON f.device_id = n.device_id
  CROSS JOIN LATERAL (
    SELECT coalesce(f.records, 0) AS records, coalesce(f.high, 0) AS high, coalesce(f.low, 0) AS low
  ) AS r
  WHERE n.account_id = p_account AND d.account_id = p_account AND d.device_id = n.device_id
    AND (d.digest_count, d.digest_high, d.digest_low) IS DISTINCT FROM (r.records, r.high, r.low);
  UPDATE breath.accounts a SET
    (digest_count, digest_high, digest_low) = (
      SELECT coalesce(sum(d.digest_count), 0), coalesce(bit_xor(d.digest_high), 0), coalesce(bit_xor(d.digest_low), 0)
      FROM breath.devices d WHERE d.account_id = p_account),
    tombstones = (SELECT count(*) FROM breath.tombstones t WHERE t.account_id = p_account),
    kept = (SELECT count(*) FROM breath.records(p_account) AS r WHERE r.local_date IS NOT NULL)
  WHERE a.account_id = p_account
$$;

-- How many sessions and reported days an account may get: far more than ten years on ten machines come to. Deleted ones
-- make room for others only while there is room for what is left of them.
CREATE FUNCTION breath.room(a breath.accounts) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT CASE WHEN a.tombstones < 200000 THEN 200000 - a.kept ELSE 0 END $$;

REVOKE ALL ON FUNCTION breath.settle_digests, breath.room FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.settle_digests, breath.room TO breath_sync, breath_merge;

UPDATE breath.day_totals t SET (hash_high, hash_low) = (
  SELECT h.high, h.low
  FROM breath.day_hash(
    t.device_id, t.local_date, t.reported_sessions, t.reported_active_ms, t.reported_cycles, t.reported_xp) AS h)
WHERE greatest(t.reported_sessions, t.reported_active_ms, t.reported_cycles, t.reported_xp) > 0;
UPDATE breath.devices d SET digest_count = r.records, digest_high = r.high, digest_low = r.low
FROM (
  SELECT i.account_id, i.device_id, count(*) AS records, bit_xor(i.hash_high) AS high, bit_xor(i.hash_low) AS low
  FROM (
    SELECT account_id, device_id, hash_high, hash_low FROM breath.sessions
    UNION ALL
    SELECT account_id, device_id, hash_high, hash_low FROM breath.tombstones WHERE session_id IS NOT NULL
    UNION ALL
    SELECT account_id, device_id, hash_high, hash_low FROM breath.day_totals
    WHERE greatest(reported_sessions, reported_active_ms, reported_cycles, reported_xp) > 0
  ) AS i
  GROUP BY i.account_id, i.device_id
) AS r
WHERE d.account_id = r.account_id AND d.device_id = r.device_id;
UPDATE breath.accounts a SET kept = r.kept, tombstones = r.tombstones
FROM (
  SELECT i.account_id, sum(i.kept) AS kept, sum(i.tombstones) AS tombstones
  FROM (
    SELECT account_id, 1 AS kept, 0 AS tombstones FROM breath.sessions
    UNION ALL
    SELECT account_id, 0, 1 FROM breath.tombstones
    UNION ALL
    SELECT account_id, 1, 0 FROM breath.day_totals
    WHERE greatest(reported_sessions, reported_active_ms, reported_cycles, reported_xp) > 0
  ) AS i
  GROUP BY i.account_id
) AS r
WHERE a.account_id = r.account_id;

ALTER TABLE breath.accounts FORCE ROW LEVEL SECURITY;
ALTER TABLE breath.devices FORCE ROW LEVEL SECURITY;
ALTER TABLE breath.sessions FORCE ROW LEVEL SECURITY;
ALTER TABLE breath.day_totals FORCE ROW LEVEL SECURITY;
ALTER TABLE breath.tombstones FORCE ROW LEVEL SECURITY;
