-- Begins a sign-in with a password: admits the hash, counts the attempt, and answers what the password is compared
-- with.
CREATE OR REPLACE FUNCTION breath.begin_login(
  p_email_index bytea, p_keys bytea[], p_interval_ms double precision[], p_bursts integer[],
  OUT account uuid, OUT password_hash text, OUT is_locked boolean, OUT wait_ms bigint, OUT refusal text
)
LANGUAGE plpgsql
AS $$
BEGIN
  SELECT h.wait_ms, h.refusal INTO wait_ms, refusal FROM breath.admit_hash(p_keys, p_interval_ms, p_bursts) AS h;
  IF wait_ms IS NOT NULL THEN
    RETURN;
  END IF;
  is_locked := breath.count_attempt(p_email_index);
  account := breath.enter_by_address(p_email_index);
  SELECT l.password_hash INTO password_hash FROM breath.logins AS l WHERE l.account_id = account;
END
$$;
REVOKE ALL ON FUNCTION breath.begin_login FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.begin_login TO breath_auth;
