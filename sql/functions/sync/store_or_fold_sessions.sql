-- Stores the sessions of a push where the account shares them, and counts them in their days where it does not. Answers
-- as store_sessions does, or as fold_sessions, with a row for each.
CREATE OR REPLACE FUNCTION breath.store_or_fold_sessions(
  p_account uuid, p_caller uuid, p_device uuid, p_marker timestamptz, p_request_id text,
  p_ids text[], p_started_at timestamptz[], p_local_dates date[], p_facts text[], p_counted_ms bigint[],
  p_cycles bigint[], p_xp bigint[], p_flags smallint[], p_hash_high bigint[], p_hash_low bigint[]
) RETURNS TABLE (place integer, status text, folded_on date)
LANGUAGE plpgsql
AS $$
BEGIN
  IF (SELECT a.detail FROM breath.accounts a WHERE a.account_id = p_account) = 'days' THEN
    RETURN QUERY SELECT f.* FROM breath.fold_sessions(
      p_account, p_caller, p_device, p_marker, p_request_id, false, p_ids, p_started_at, p_local_dates, p_counted_ms,
      p_cycles, p_xp) AS f;
    RETURN;
  END IF;
  RETURN QUERY SELECT s.place, s.status, NULL::date FROM breath.store_sessions(
    p_account, p_caller, p_device, p_marker, p_request_id, NULL, p_ids, p_started_at, p_local_dates, p_facts,
    p_counted_ms, p_cycles, p_xp, p_flags, p_hash_high, p_hash_low) AS s;
  -- A day of which the first sessions were not shared yet is made of those too.
  IF EXISTS (SELECT FROM breath.folded_days f WHERE f.account_id = p_account AND f.device_id = p_device) THEN
    PERFORM breath.fold_sessions(
      p_account, p_caller, p_device, p_marker, p_request_id, true, p_ids, p_started_at, p_local_dates, p_counted_ms,
      p_cycles, p_xp);
  END IF;
END
$$;
REVOKE ALL ON FUNCTION breath.store_or_fold_sessions FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.store_or_fold_sessions TO breath_sync;
