-- Unites a device that both accounts know, one of them perhaps from another machine only (adopt_devices), row by row by
-- the rules of docs/sync.md. First each side learns what wins for ever, a reset or a deletion, by the functions that a
-- push uses; then nothing of the two contradicts, and where a session differs the target's was the first to come. Rows
-- are numbered as those that move.
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
  PERFORM breath.move_ledger(p_source, p_target, ARRAY[p_device]);
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
REVOKE ALL ON FUNCTION breath.unite_device FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.unite_device TO breath_merge;
