-- The role of a session of the entered account: 'admin' for eight hours after it was signed in with password and second
-- factor, by somebody who was an administrator then and still is, with a factor that was on then and still is; 'person'
-- otherwise.
CREATE OR REPLACE FUNCTION breath.session_role(p_session uuid) RETURNS text
LANGUAGE sql STABLE
AS $$
  SELECT CASE WHEN EXISTS (
    SELECT FROM breath.refresh_sessions s
    JOIN breath.admins a ON a.account_id = s.account_id
    JOIN breath.second_factors f ON f.account_id = s.account_id
    WHERE s.account_id = nullif(current_setting('breath.account', true), '')::uuid AND s.session_id = p_session
      AND s.second_factor_at > a.added_at AND s.second_factor_at > f.confirmed_at
      AND s.second_factor_at > clock_timestamp() - interval '8 hours'
  ) THEN 'admin' ELSE 'person' END
$$;
REVOKE ALL ON FUNCTION breath.session_role FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.session_role TO breath_auth;
