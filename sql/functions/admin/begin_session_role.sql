-- Begins the role of a session that was just signed in by password, in the same pipeline; if a second factor is on, it
-- was shown, for otherwise there is no session. `lacks_factor`: an administrator who has none on, and so is a person in
-- this session.
CREATE OR REPLACE FUNCTION breath.begin_session_role(p_session uuid, OUT role text, OUT lacks_factor boolean)
LANGUAGE plpgsql
AS $$
DECLARE
  account CONSTANT uuid := nullif(current_setting('breath.account', true), '')::uuid;
BEGIN
  role := 'person';
  lacks_factor := false;
  PERFORM FROM breath.refresh_sessions AS s WHERE s.account_id = account AND s.session_id = p_session;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  UPDATE breath.refresh_sessions AS s SET second_factor_at = clock_timestamp()
  WHERE s.account_id = account AND s.session_id = p_session
    AND EXISTS (
      SELECT FROM breath.second_factors AS f WHERE f.account_id = account AND f.confirmed_at IS NOT NULL);
  lacks_factor := NOT FOUND AND EXISTS (SELECT FROM breath.admins AS a WHERE a.account_id = account);
  role := breath.session_role(p_session);
END
$$;
REVOKE ALL ON FUNCTION breath.begin_session_role FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.begin_session_role TO breath_auth;
