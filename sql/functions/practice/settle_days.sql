-- Settles what follows after day totals shrank: a device's sums, twins included; and of these dates those that nobody
-- practised on leave the union.
CREATE OR REPLACE FUNCTION breath.settle_days(p_account uuid, p_device uuid, p_dates date[]) RETURNS void
LANGUAGE sql
AS $$
  UPDATE breath.devices d SET (sessions, active_ms, cycles, xp, twin_active_ms, twin_xp) = (
    SELECT coalesce(sum(t.sessions), 0), coalesce(sum(t.active_ms), 0), coalesce(sum(t.cycles), 0),
      coalesce(sum(t.xp), 0), coalesce(sum(t.twin_active_ms), 0), coalesce(sum(t.twin_xp), 0)
    FROM breath.day_totals t
    WHERE t.account_id = p_account AND t.device_id = p_device)
  WHERE d.account_id = p_account AND d.device_id = p_device;
  UPDATE breath.accounts a SET practised = breath.practised_after(p_account, '{}', p_dates)
  WHERE a.account_id = p_account
$$;
REVOKE ALL ON FUNCTION breath.settle_days FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.settle_days TO breath_merge, breath_sync;
