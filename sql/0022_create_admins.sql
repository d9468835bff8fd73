SET LOCAL ROLE breath_owner;

-- Who may call what is for administrators (docs/security.md, decision 17). The operator writes it, by `breath admins`.
CREATE TABLE breath.admins (
  account_id uuid PRIMARY KEY REFERENCES breath.accounts ON DELETE CASCADE,
  added_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
ALTER TABLE breath.admins ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY admins_of_account ON breath.admins
  USING (account_id = (SELECT nullif(current_setting('breath.account', true), '')::uuid))
  WITH CHECK (account_id = (SELECT nullif(current_setting('breath.account', true), '')::uuid));
CREATE POLICY admins_of_maintenance ON breath.admins FOR SELECT TO breath_maintenance USING (true);
GRANT SELECT ON breath.admins TO breath_auth, breath_maintenance;

-- When the session was signed in with password and second factor; NULL for every other way in.
ALTER TABLE breath.refresh_sessions ADD COLUMN second_factor_at timestamptz;

-- Makes an account an administrator's. It must have a password already: without one it could not be asked for, and an
-- anonymous account may be merged away.
CREATE FUNCTION breath.add_admin(p_account uuid, OUT outcome text)
LANGUAGE plpgsql
AS $$
BEGIN
  PERFORM set_config('breath.account', p_account::text, true);
  PERFORM FROM breath.accounts AS a WHERE a.account_id = p_account FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    outcome := 'no account';
    RETURN;
  END IF;
  PERFORM FROM breath.logins AS l WHERE l.account_id = p_account;
  IF NOT FOUND THEN
    outcome := 'no login';
    RETURN;
  END IF;
  INSERT INTO breath.admins (account_id) VALUES (p_account) ON CONFLICT (account_id) DO NOTHING;
  outcome := CASE WHEN FOUND THEN 'added' ELSE 'unchanged' END;
END
$$;

CREATE FUNCTION breath.remove_admin(p_account uuid, OUT is_done boolean)
LANGUAGE plpgsql
AS $$
BEGIN
  PERFORM set_config('breath.account', p_account::text, true);
  DELETE FROM breath.admins AS a WHERE a.account_id = p_account;
  is_done := FOUND;
END
$$;

-- What a session of the account entered may be: an administrator's for eight hours after it was signed in with password and
-- second factor, by somebody who was an administrator then and still is, and with a factor that was on then and still is.
CREATE FUNCTION breath.session_role(p_session uuid) RETURNS text
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

-- In the flight of a sign-in by password, after it. Where a second factor is on it was shown, or there is no such session.
CREATE FUNCTION breath.begin_session_role(p_session uuid, OUT role text, OUT lacks_factor boolean)
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

-- As begin_request, for what is an administrator's alone: since when the caller is one, with a second factor on; NULL for
-- anybody else. With its owner's rights, so that the function itself reads no account; row-level security binds these too.
CREATE FUNCTION breath.begin_admin_request(
  p_account uuid, p_device uuid, p_generation integer, p_limit_key bytea, p_interval_ms double precision,
  p_burst integer, OUT remaining integer, OUT reset_ms bigint, OUT admin_since timestamptz
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  SELECT r.remaining, r.reset_ms INTO remaining, reset_ms
  FROM breath.begin_request(p_account, p_device, p_generation, false, p_limit_key, p_interval_ms, p_burst) AS r;
  SELECT a.added_at INTO admin_since
  FROM breath.admins AS a JOIN breath.second_factors AS f ON f.account_id = a.account_id
  WHERE a.account_id = p_account AND f.confirmed_at IS NOT NULL;
END
$$;

REVOKE ALL ON FUNCTION
  breath.add_admin, breath.remove_admin, breath.session_role, breath.begin_session_role, breath.begin_admin_request
  FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.session_role, breath.begin_session_role TO breath_auth;
GRANT EXECUTE ON FUNCTION breath.begin_admin_request TO breath_admin;
