-- Keeps a device's lifetime counters, each the larger value. Takes a version only when one grows. Answers
-- 'before_reset', and keeps nothing, where the device was cleared since (p_marker: its last reset, as it knows it);
-- else NULL.
CREATE OR REPLACE FUNCTION breath.report_counters(
  p_account uuid, p_device uuid, p_marker timestamptz, p_xp bigint, p_longest_streak bigint, p_challenges bigint,
  p_active_ms bigint
) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
  own breath.devices;
  next_version bigint;
BEGIN
  SELECT * INTO own FROM breath.devices d WHERE d.account_id = p_account AND d.device_id = p_device;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  IF own.reset_at IS DISTINCT FROM p_marker THEN
    RETURN 'before_reset';
  END IF;
  IF own.reported_xp >= p_xp AND own.reported_longest_streak >= p_longest_streak
    AND own.reported_challenges >= p_challenges AND own.reported_active_ms >= p_active_ms
  THEN
    RETURN NULL;
  END IF;
  UPDATE breath.accounts a SET version = a.version + 1 WHERE a.account_id = p_account
  RETURNING a.version INTO next_version;
  UPDATE breath.devices d SET version = next_version,
    reported_xp = greatest(d.reported_xp, p_xp),
    reported_longest_streak = greatest(d.reported_longest_streak, p_longest_streak),
    reported_challenges = greatest(d.reported_challenges, p_challenges),
    reported_active_ms = greatest(d.reported_active_ms, p_active_ms)
  WHERE d.account_id = p_account AND d.device_id = p_device;
  RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION breath.report_counters FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.report_counters TO breath_sync;
