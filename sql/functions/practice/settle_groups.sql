-- Who shares history with whom, of the devices that are here. What was told from elsewhere of a device that has nobody
-- to share with any more counts for it again.
CREATE OR REPLACE FUNCTION breath.settle_groups(p_account uuid) RETURNS void
LANGUAGE sql
AS $$
  WITH RECURSIVE links AS (
    SELECT d.device_id, o.device_id AS other
    FROM breath.devices d JOIN breath.devices o ON o.device_id = ANY (d.twin_devices)
    WHERE d.account_id = p_account AND o.account_id = p_account AND d.left_at IS NULL AND o.left_at IS NULL
  ), reached AS (
    SELECT l.device_id, l.device_id AS other FROM links l
    UNION
    SELECT r.device_id, l.other FROM reached r JOIN links l ON l.device_id = r.other
  ), grouped AS (
    SELECT r.device_id, (array_agg(r.other ORDER BY r.other))[1] AS least FROM reached r GROUP BY r.device_id
  )
  UPDATE breath.devices d SET twin_group = g.least,
    elsewhere_active_ms = CASE WHEN g.least IS NULL THEN 0 ELSE d.elsewhere_active_ms END,
    elsewhere_xp = CASE WHEN g.least IS NULL THEN 0 ELSE d.elsewhere_xp END
  FROM breath.devices n LEFT JOIN grouped g ON g.device_id = n.device_id
  WHERE n.account_id = p_account AND d.account_id = p_account AND d.device_id = n.device_id
    AND (d.twin_group IS DISTINCT FROM g.least
      OR g.least IS NULL AND greatest(d.elsewhere_xp, d.elsewhere_active_ms) > 0)
$$;
REVOKE ALL ON FUNCTION breath.settle_groups FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.settle_groups TO breath_merge, breath_sync;
