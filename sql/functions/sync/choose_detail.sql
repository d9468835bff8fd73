-- Moves an account to a privacy tier and records the choice. Back to day totals, sessions go, and ids of deleted
-- sessions, which tell a time, are forgotten. A device's report becomes what its own sessions and reports come to,
-- twins included, as the device itself would report it; the twins are kept, so that no number changes.
CREATE OR REPLACE FUNCTION breath.choose_detail(
  p_account uuid, p_device uuid, p_detail text, OUT removed_sessions bigint, OUT kept_days bigint
)
LANGUAGE plpgsql
AS $$
DECLARE
  head breath.accounts;
BEGIN
  removed_sessions := 0;
  kept_days := 0;
  UPDATE breath.accounts a SET detail = p_detail WHERE a.account_id = p_account AND a.detail <> p_detail
  RETURNING * INTO head;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  INSERT INTO breath.consents (account_id, device_id, subject, choice) VALUES (p_account, p_device, 'detail', p_detail);
  IF p_detail = 'sessions' THEN
    RETURN;
  END IF;

  DELETE FROM breath.sessions s WHERE s.account_id = p_account;
  GET DIAGNOSTICS removed_sessions = ROW_COUNT;
  UPDATE breath.tombstones t SET session_id = NULL WHERE t.account_id = p_account AND t.session_id IS NOT NULL;
  UPDATE breath.day_totals t SET version = head.version + n.place,
    reported_sessions = greatest(t.reported_sessions, t.derived_sessions + t.twin_sessions),
    reported_active_ms = greatest(t.reported_active_ms, t.derived_active_ms + t.twin_active_ms),
    reported_cycles = greatest(t.reported_cycles, t.derived_cycles + t.twin_cycles),
    reported_xp = greatest(t.reported_xp, t.derived_xp + t.twin_xp),
    derived_sessions = 0, derived_active_ms = 0, derived_cycles = 0, derived_xp = 0
  FROM (
    SELECT device_id, local_date, row_number() OVER (ORDER BY local_date, device_id) AS place
    FROM breath.day_totals
    WHERE account_id = p_account AND (
      greatest(derived_sessions, derived_active_ms, derived_cycles, derived_xp) > 0
      OR twin_sessions > reported_sessions OR twin_active_ms > reported_active_ms OR twin_cycles > reported_cycles
      OR twin_xp > reported_xp)
  ) AS n
  WHERE t.account_id = p_account AND t.device_id = n.device_id AND t.local_date = n.local_date;
  GET DIAGNOSTICS kept_days = ROW_COUNT;
  UPDATE breath.accounts a SET version = head.version + kept_days WHERE a.account_id = p_account;
  UPDATE breath.devices d SET rows_version = head.version + kept_days WHERE d.account_id = p_account;
  PERFORM breath.settle_digests(p_account);
END
$$;
REVOKE ALL ON FUNCTION breath.choose_detail FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.choose_detail TO breath_merge, breath_sync;
