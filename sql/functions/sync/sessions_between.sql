-- A device's sessions with versions after `p_start` and up to `p_end`, in the order of the index that has them.
CREATE OR REPLACE FUNCTION breath.sessions_between(p_account uuid, p_device uuid, p_start bigint, p_end bigint)
RETURNS SETOF breath.sessions
LANGUAGE sql STABLE
AS $$
  SELECT * FROM breath.sessions s
  WHERE s.account_id = p_account AND s.device_id = p_device AND s.version > p_start AND s.version <= p_end
  ORDER BY s.version
$$;
REVOKE ALL ON FUNCTION breath.sessions_between FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.sessions_between TO breath_sync;
