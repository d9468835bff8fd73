-- Settles what follows from sessions that were deleted one by one: days, twins, and what a device's own counters still
-- report of them.
CREATE OR REPLACE FUNCTION breath.settle_deleted(p_account uuid, p_caller uuid, p_gone breath.sessions[]) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  starts timestamptz[];
BEGIN
  PERFORM breath.settle_derived(
    p_account, ARRAY(SELECT g.device_id FROM unnest(p_gone) AS g), ARRAY(SELECT g.local_date FROM unnest(p_gone) AS g));
  SELECT array_agg(g.started_at) INTO starts
  FROM unnest(p_gone) AS g
  JOIN breath.devices d ON d.account_id = p_account AND d.device_id = g.device_id AND d.twin_devices IS NOT NULL;
  IF starts IS NULL THEN
    RETURN;
  END IF;
  UPDATE breath.devices d SET elsewhere_xp = d.elsewhere_xp + e.xp,
    elsewhere_active_ms = d.elsewhere_active_ms + e.active_ms
  FROM (
    SELECT g.device_id, sum(g.xp) AS xp, sum(g.counted_ms) AS active_ms FROM unnest(p_gone) AS g
    WHERE EXISTS (
      SELECT FROM breath.sessions_begun(p_account, g.started_at) AS t
      WHERE t.device_id <> g.device_id AND breath.session_content(t.facts) = breath.session_content(g.facts))
    GROUP BY g.device_id
  ) AS e
  WHERE d.account_id = p_account AND d.device_id = e.device_id;
  PERFORM breath.settle_twins(p_account, starts);
END
$$;
REVOKE ALL ON FUNCTION breath.settle_deleted FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.settle_deleted TO breath_merge, breath_sync;
