-- A session, by its key, whatever the planner believes (docs/decisions/0021).
CREATE OR REPLACE FUNCTION breath.session_named(p_account uuid, p_device uuid, p_session text)
RETURNS SETOF breath.sessions
LANGUAGE sql STABLE
AS $$
  SELECT * FROM breath.sessions s
  WHERE s.account_id = p_account AND s.device_id = p_device AND s.session_id BETWEEN p_session AND p_session
  ORDER BY s.session_id LIMIT 1
$$;
REVOKE ALL ON FUNCTION breath.session_named FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.session_named TO breath_merge, breath_sync;
