-- Stores sessions that are marked 'held_by_other_device', which count nothing, and settles whose copies count. Those
-- that were stored before lose their mark.
CREATE OR REPLACE FUNCTION breath.store_twins(
  p_account uuid, p_device uuid, p_version bigint, p_ids text[], p_started_at timestamptz[], p_local_dates date[],
  p_facts text[], p_counted_ms bigint[], p_cycles bigint[], p_xp bigint[], p_flags smallint[], p_hash_high bigint[],
  p_hash_low bigint[], p_known text[], OUT stored integer, OUT statuses text[]
)
LANGUAGE plpgsql
AS $$
DECLARE
  high bigint;
  low bigint;
  places bigint[];
BEGIN
  WITH stored AS (
    INSERT INTO breath.sessions (
      account_id, device_id, session_id, version, local_date, local_minute, started_at, facts, counted_ms, cycles, xp,
      flags, hash_high, hash_low, counts)
    SELECT p_account, p_device, i.session_id, p_version + i.place,
      coalesce(i.local_date, (i.clock - a.day_start_minutes * interval '1 minute')::date),
      extract(hour FROM i.clock) * 60 + extract(minute FROM i.clock),
      i.started_at, i.facts, i.counted_ms, i.cycles, i.xp, i.flags, i.hash_high, i.hash_low, false
    FROM breath.accounts a
    JOIN breath.devices d ON d.account_id = a.account_id AND d.device_id = p_device
    CROSS JOIN LATERAL (
      SELECT u.*, u.started_at AT TIME ZONE breath.usable_zone(d.time_zone) AS clock
      FROM unnest(
        p_ids, p_started_at, p_local_dates, p_facts, p_counted_ms, p_cycles, p_xp, p_flags, p_hash_high, p_hash_low
      ) WITH ORDINALITY AS u (
        session_id, started_at, local_date, facts, counted_ms, cycles, xp, flags, hash_high, hash_low, place)
    ) AS i
    WHERE a.account_id = p_account AND p_known[i.place] = 'held_by_other_device'
    ON CONFLICT (account_id, device_id, session_id) DO NOTHING
    RETURNING version, hash_high, hash_low
  )
  SELECT count(*), bit_xor(s.hash_high), bit_xor(s.hash_low), coalesce(array_agg(s.version - p_version), '{}')
  INTO stored, high, low, places FROM stored s;
  statuses := ARRAY(
    SELECT CASE WHEN p_known[i] <> 'held_by_other_device' OR i = ANY (places) THEN p_known[i] END
    FROM generate_series(1, cardinality(p_ids)) AS i ORDER BY i);
  IF stored = 0 THEN
    RETURN;
  END IF;
  UPDATE breath.accounts a SET version = greatest(a.version, p_version + cardinality(p_ids)),
    kept = a.kept + stored, digest_count = a.digest_count + stored, digest_high = a.digest_high # high,
    digest_low = a.digest_low # low
  WHERE a.account_id = p_account;
  UPDATE breath.devices d SET rows_version = greatest(d.rows_version, p_version + cardinality(p_ids)),
    digest_count = d.digest_count + stored, digest_high = d.digest_high # high, digest_low = d.digest_low # low
  WHERE d.account_id = p_account AND d.device_id = p_device;
  PERFORM breath.settle_twins(p_account, ARRAY(SELECT p_started_at[i] FROM unnest(places) AS i));
END
$$;
REVOKE ALL ON FUNCTION breath.store_twins FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.store_twins TO breath_sync;
