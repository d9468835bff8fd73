-- Notes that pairs of devices had a session in common: each of the first list with the one at the same index of the
-- second.
CREATE OR REPLACE FUNCTION breath.connect_devices(p_account uuid, p_devices uuid[], p_others uuid[]) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
  UPDATE breath.devices d SET twin_devices = ARRAY(
    SELECT DISTINCT e FROM unnest(coalesce(d.twin_devices, '{}') || c.others) AS e ORDER BY e)
  FROM (
    SELECT i.device_id, array_agg(i.other) AS others FROM unnest(p_devices, p_others) AS i (device_id, other) GROUP BY 1
  ) AS c
  WHERE d.account_id = p_account AND d.device_id = c.device_id AND NOT coalesce(d.twin_devices, '{}') @> c.others;
  IF FOUND THEN
    PERFORM breath.settle_groups(p_account);
  END IF;
END
$$;
REVOKE ALL ON FUNCTION breath.connect_devices FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.connect_devices TO breath_merge, breath_sync;
