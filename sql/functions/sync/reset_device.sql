-- Clears a device when the marker is later than its last one: sessions become tombstones, day totals and counters 0.
-- Where another device has a session too, its copy counts from now on. The caller holds the account's row.
CREATE OR REPLACE FUNCTION breath.reset_device(p_account uuid, p_caller uuid, p_device uuid, p_marker timestamptz)
RETURNS boolean
LANGUAGE plpgsql
AS $$
DECLARE
  head breath.accounts;
  before breath.accounts;
  removed bigint;
  high bigint;
  low bigint;
  dates date[];
  starts timestamptz[];
BEGIN
  UPDATE breath.devices d SET reset_at = p_marker, reported_xp = 0, reported_longest_streak = 0,
    reported_challenges = 0, reported_active_ms = 0, elsewhere_xp = 0, elsewhere_active_ms = 0
  WHERE d.account_id = p_account AND d.device_id = p_device AND (d.reset_at IS NULL OR d.reset_at < p_marker);
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  SELECT * INTO head FROM breath.accounts a WHERE a.account_id = p_account;
  before := head;

  WITH gone AS (
    DELETE FROM breath.sessions s WHERE s.account_id = p_account AND s.device_id = p_device
    RETURNING s.session_id, s.started_at, s.hash_high, s.hash_low
  ), numbered AS (
    SELECT g.*, h.high, h.low, row_number() OVER (ORDER BY g.session_id) AS place
    FROM gone g CROSS JOIN LATERAL breath.tombstone_hash(p_device, g.session_id) AS h
  ), tombstones AS (
    INSERT INTO breath.tombstones (account_id, hash_high, hash_low, version, device_id, session_id, deleted_by)
    SELECT p_account, n.high, n.low, head.version + n.place, p_device, n.session_id, p_caller FROM numbered n
  )
  SELECT count(*), coalesce(bit_xor(n.hash_high # n.high), 0), coalesce(bit_xor(n.hash_low # n.low), 0),
    array_agg(n.started_at)
  INTO removed, high, low, starts FROM numbered n;
  head.version := head.version + removed;
  head.kept := head.kept - removed;
  head.tombstones := head.tombstones + removed;
  head.digest_high := head.digest_high # high;
  head.digest_low := head.digest_low # low;

  SELECT count(*), coalesce(bit_xor(t.hash_high), 0), coalesce(bit_xor(t.hash_low), 0) INTO removed, high, low
  FROM breath.day_totals t
  WHERE t.account_id = p_account AND t.device_id = p_device
    AND greatest(t.reported_sessions, t.reported_active_ms, t.reported_cycles, t.reported_xp) > 0;
  head.kept := head.kept - removed;
  head.digest_count := head.digest_count - removed;
  head.digest_high := head.digest_high # high;
  head.digest_low := head.digest_low # low;

  WITH emptied AS (
    UPDATE breath.day_totals t SET version = head.version + n.place,
      reported_sessions = 0, reported_active_ms = 0, reported_cycles = 0, reported_xp = 0,
      derived_sessions = 0, derived_active_ms = 0, derived_cycles = 0, derived_xp = 0,
      twin_sessions = 0, twin_active_ms = 0, twin_cycles = 0, twin_xp = 0
    FROM (
      SELECT local_date, row_number() OVER (ORDER BY local_date) AS place FROM breath.day_totals
      WHERE account_id = p_account AND device_id = p_device AND greatest(
        sessions, active_ms, cycles, xp, reported_sessions, reported_active_ms, reported_cycles, reported_xp,
        twin_sessions, twin_active_ms, twin_cycles, twin_xp) > 0
    ) AS n
    WHERE t.account_id = p_account AND t.device_id = p_device AND t.local_date = n.local_date
    RETURNING t.local_date
  )
  SELECT count(*), array_agg(e.local_date) INTO removed, dates FROM emptied e;
  head.version := head.version + removed + 1;  -- and the device's own row

  UPDATE breath.accounts a SET version = head.version, kept = head.kept, tombstones = head.tombstones,
    digest_count = head.digest_count, digest_high = head.digest_high, digest_low = head.digest_low
  WHERE a.account_id = p_account;
  UPDATE breath.devices d SET version = head.version,
    digest_count = d.digest_count + head.digest_count - before.digest_count,
    digest_high = d.digest_high # head.digest_high # before.digest_high,
    digest_low = d.digest_low # head.digest_low # before.digest_low
  WHERE d.account_id = p_account AND d.device_id = p_device;
  UPDATE breath.devices d SET rows_version = head.version
  WHERE d.account_id = p_account AND d.device_id IN (p_device, p_caller);
  PERFORM breath.settle_days(p_account, p_device, dates);
  IF starts IS NOT NULL AND EXISTS (
    SELECT FROM breath.devices d
    WHERE d.account_id = p_account AND d.device_id = p_device AND d.twin_devices IS NOT NULL)
  THEN
    PERFORM breath.settle_twins(p_account, starts);
  END IF;
  RETURN true;
END
$$;
REVOKE ALL ON FUNCTION breath.reset_device FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.reset_device TO breath_merge, breath_sync;
