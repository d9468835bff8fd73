-- Deletes sessions, one after the other. Unknown ones leave a tombstone too. What follows from all of a push's
-- deletions is settled once: the days, and the copies of other devices that count from now on.
CREATE OR REPLACE FUNCTION breath.delete_sessions(p_account uuid, p_caller uuid, p_devices uuid[], p_sessions text[])
RETURNS TABLE (place integer, status text)
LANGUAGE plpgsql
AS $$
DECLARE
  head breath.accounts;
  found_one breath.sessions;
  gone breath.sessions[] := '{}';
  hash record;
  added bigint;
  -- Of each device's digest, in the order in which it happens.
  devices uuid[] := '{}';
  counts bigint[] := '{}';
  highs bigint[] := '{}';
  lows bigint[] := '{}';
BEGIN
  SELECT * INTO head FROM breath.accounts a WHERE a.account_id = p_account;
  FOR i IN 1 .. cardinality(p_sessions) LOOP
    place := i;
    status := NULL;
    SELECT * INTO hash FROM breath.tombstone_hash(p_devices[place], p_sessions[place]);
    IF NOT EXISTS (SELECT FROM breath.devices d WHERE d.account_id = p_account AND d.device_id = p_devices[place]) THEN
      status := 'unknown_device';
    ELSIF EXISTS (
      SELECT FROM breath.tombstone_of(p_account, hash.high, hash.low) AS t
      WHERE t.session_id IS NOT NULL OR head.detail = 'days'
    ) THEN
      status := 'duplicate';
    ELSIF head.tombstones >= 200000
      AND NOT EXISTS (SELECT FROM breath.session_named(p_account, p_devices[place], p_sessions[place])) THEN
      status := 'account_full';
    ELSE
      head.version := head.version + 1;
      -- One whose id was forgotten while only day totals were shared is named again, for others to hear of it.
      INSERT INTO breath.tombstones AS t (account_id, hash_high, hash_low, version, device_id, session_id, deleted_by)
      VALUES (p_account, hash.high, hash.low, head.version, p_devices[place],
        CASE head.detail WHEN 'sessions' THEN p_sessions[place] END, p_caller)
      ON CONFLICT (account_id, hash_high, hash_low) DO UPDATE SET
        version = excluded.version, session_id = excluded.session_id, deleted_by = excluded.deleted_by
      RETURNING (xmax = 0)::int::bigint INTO added;
      head.tombstones := head.tombstones + added;
      devices := array_append(devices, p_devices[place]);
      counts := array_append(counts, (head.detail = 'sessions')::int::bigint);
      highs := array_append(highs, CASE head.detail WHEN 'sessions' THEN hash.high ELSE 0 END);
      lows := array_append(lows, CASE head.detail WHEN 'sessions' THEN hash.low ELSE 0 END);
      IF head.detail = 'sessions' THEN
        head.digest_count := head.digest_count + 1;
        head.digest_high := head.digest_high # hash.high;
        head.digest_low := head.digest_low # hash.low;
      END IF;
      DELETE FROM breath.sessions s
      WHERE s.ctid = (
        SELECT t.ctid FROM breath.sessions t
        WHERE t.account_id = p_account AND t.device_id = p_devices[place]
          AND t.session_id BETWEEN p_sessions[place] AND p_sessions[place]
        ORDER BY t.session_id LIMIT 1)
      RETURNING * INTO found_one;
      IF FOUND THEN
        head.digest_count := head.digest_count - 1;
        head.digest_high := head.digest_high # found_one.hash_high;
        head.digest_low := head.digest_low # found_one.hash_low;
        gone := array_append(gone, found_one);
      END IF;
    END IF;
    RETURN NEXT;
  END LOOP;
  IF cardinality(devices) = 0 THEN
    RETURN;
  END IF;
  UPDATE breath.accounts a SET version = head.version, kept = a.kept - cardinality(gone), tombstones = head.tombstones,
    digest_count = head.digest_count, digest_high = head.digest_high, digest_low = head.digest_low
  WHERE a.account_id = p_account;
  UPDATE breath.devices d SET rows_version = head.version, digest_count = d.digest_count + c.records,
    digest_high = d.digest_high # c.high, digest_low = d.digest_low # c.low
  FROM (
    SELECT i.device_id, sum(i.records) AS records, bit_xor(i.high) AS high, bit_xor(i.low) AS low
    FROM (
      SELECT * FROM unnest(devices, counts, highs, lows) AS u (device_id, records, high, low)
      UNION ALL
      SELECT g.device_id, -1, g.hash_high, g.hash_low FROM unnest(gone) AS g
      UNION ALL
      SELECT p_caller, 0, 0, 0
    ) AS i
    GROUP BY i.device_id
  ) AS c
  WHERE d.account_id = p_account AND d.device_id = c.device_id;
  IF cardinality(gone) > 0 THEN
    PERFORM breath.settle_deleted(p_account, p_caller, gone);
  END IF;
END
$$;
REVOKE ALL ON FUNCTION breath.delete_sessions FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.delete_sessions TO breath_merge, breath_sync;
