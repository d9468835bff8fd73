-- Begins a fresh proof of identity and answers what it is compared with; the attempt counts. A hash is asked for only
-- where there is a password to compare, or a recovery code that is good and sets one.
--   p_code_hash: of a recovery code in the password's place; `has_code`: that it is an unused one of this account.
--   p_keys: none where no password is meant.
CREATE OR REPLACE FUNCTION breath.begin_proof(
  p_account uuid, p_device uuid, p_subject bytea, p_code_hash bytea, p_keys bytea[], p_interval_ms double precision[],
  p_bursts integer[],
  OUT password_hash text, OUT secret_hash bytea, OUT has_code boolean, OUT is_locked boolean, OUT wait_ms bigint,
  OUT refusal text
)
LANGUAGE plpgsql
AS $$
BEGIN
  SELECT l.password_hash INTO password_hash FROM breath.logins AS l WHERE l.account_id = p_account;
  has_code := EXISTS (
    SELECT FROM breath.recovery_codes AS c
    WHERE c.account_id = p_account AND c.code_hash = p_code_hash AND c.used_at IS NULL);
  IF cardinality(p_keys) > 0 AND password_hash IS NOT NULL AND (p_code_hash IS NULL OR has_code) THEN
    SELECT h.wait_ms, h.refusal INTO wait_ms, refusal FROM breath.admit_hash(p_keys, p_interval_ms, p_bursts) AS h;
    IF wait_ms IS NOT NULL THEN
      RETURN;
    END IF;
  END IF;
  -- Nobody guesses a recovery code, and who was locked out by somebody else may use one.
  is_locked := p_code_hash IS NULL AND breath.count_attempt(p_subject);
  SELECT c.secret_hash INTO secret_hash FROM breath.device_credentials AS c
  WHERE c.device_id = p_device AND c.account_id = p_account;
END
$$;
REVOKE ALL ON FUNCTION breath.begin_proof FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.begin_proof TO breath_auth;
