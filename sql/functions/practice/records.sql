-- Every record that the digest is made of, by device and day; a tombstone has no day, and one whose id was forgotten is
-- no record: no client could name it. Inlined where it is used.
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
REVOKE ALL ON FUNCTION breath.records FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.records TO breath_merge, breath_sync;
