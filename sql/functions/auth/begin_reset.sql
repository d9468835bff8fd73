-- Begins a password reset with a mailed token. A token that is not open costs no hash.
CREATE OR REPLACE FUNCTION breath.begin_reset(
  p_email_index bytea, p_token_hash bytea, p_keys bytea[], p_interval_ms double precision[], p_bursts integer[],
  OUT is_open boolean, OUT wait_ms bigint, OUT refusal text
)
LANGUAGE plpgsql
AS $$
DECLARE
  account uuid := breath.enter_by_address(p_email_index);
BEGIN
  is_open := EXISTS (
    SELECT FROM breath.password_resets AS r
    WHERE r.account_id = account AND r.token_hash = p_token_hash AND r.expires_at > now());
  IF is_open THEN
    SELECT h.wait_ms, h.refusal INTO wait_ms, refusal FROM breath.admit_hash(p_keys, p_interval_ms, p_bursts) AS h;
  END IF;
END
$$;
REVOKE ALL ON FUNCTION breath.begin_reset FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.begin_reset TO breath_auth;
