-- Takes a sign-in with a provider that was begun, once: only the device that began it has its id and its secret.
CREATE OR REPLACE FUNCTION breath.take_sign_in(
  p_state_hash bytea, p_device uuid, p_secret_hash bytea, OUT redirect_uri text, OUT merges boolean
)
LANGUAGE sql
AS $$
  DELETE FROM breath.sign_ins s
  WHERE s.state_hash = p_state_hash AND s.device_id = p_device AND s.secret_hash = p_secret_hash
    AND s.expires_at > now()
  RETURNING s.redirect_uri, s.merges
$$;
REVOKE ALL ON FUNCTION breath.take_sign_in FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.take_sign_in TO breath_auth;
