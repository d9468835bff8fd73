-- The first eight bytes of a session id's SHA-256: enough to tell the sessions of a day apart.
CREATE OR REPLACE FUNCTION breath.session_key(p_session text) RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT ('x' || encode(substr(sha256(convert_to(p_session, 'UTF8')), 1, 8), 'hex'))::bit(64)::bigint $$;
REVOKE ALL ON FUNCTION breath.session_key FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.session_key TO breath_auth, breath_merge, breath_sync;
