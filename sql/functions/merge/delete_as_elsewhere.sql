-- Deletes in one account the device's sessions that are deleted in the other, also where only their hashes are kept.
CREATE OR REPLACE FUNCTION breath.delete_as_elsewhere(p_account uuid, p_other uuid, p_device uuid, p_caller uuid)
RETURNS void
LANGUAGE sql
AS $$
  SELECT count(d.status)
  FROM (
    SELECT coalesce(array_agg(s.device_id), '{}') AS devices, coalesce(array_agg(s.session_id), '{}') AS sessions
    FROM breath.sessions s
    CROSS JOIN LATERAL breath.tombstone_hash(s.device_id, s.session_id) AS h
    JOIN breath.tombstones t ON t.account_id = p_other AND t.hash_high = h.high AND t.hash_low = h.low
    WHERE s.account_id = p_account AND s.device_id = p_device
  ) AS gone
  CROSS JOIN LATERAL breath.delete_sessions(p_account, p_caller, gone.devices, gone.sessions) AS d
$$;
REVOKE ALL ON FUNCTION breath.delete_as_elsewhere FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.delete_as_elsewhere TO breath_merge;
