SET LOCAL ROLE breath_owner;

-- A third of a second of a processor is what a password costs, so everybody together may have so many compared a
-- minute. That is asked only where one is really made, behind the caller's own limits, and is no exception: what the
-- caller was charged before stays charged (decision 32).

-- As admit (0006), as an answer. `wait_ms` and what the refusal says of its limit; NULL when it is admitted.
CREATE FUNCTION breath.try_admit(
  p_key bytea, p_interval_ms double precision, p_burst integer, OUT wait_ms bigint, OUT refusal text
)
LANGUAGE plpgsql
AS $$
DECLARE
  message text;
BEGIN
  PERFORM breath.admit(p_key, p_interval_ms, p_burst);
EXCEPTION WHEN SQLSTATE 'BM429' THEN
  GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, refusal = CONSTRAINT_NAME;
  wait_ms := message::bigint;
END
$$;

-- Whether one more password may be hashed. The three arrays go together: the limit of everybody, the share of it that
-- is for callers who failed lately, and then what is counted of this caller's failures, once for each name that it goes
-- by. So half of the hashes are only for those who did not fail, whoever else comes how often.
CREATE FUNCTION breath.admit_hash(
  p_keys bytea[], p_interval_ms double precision[], p_bursts integer[], OUT wait_ms bigint, OUT refusal text
)
LANGUAGE plpgsql
AS $$
BEGIN
  PERFORM FROM unnest(p_keys, p_interval_ms, p_bursts) WITH ORDINALITY AS f (key, interval_ms, burst, place)
  JOIN breath.rate_limits r ON r.key = f.key
  CROSS JOIN LATERAL (SELECT f.interval_ms * interval '1 millisecond' AS step) AS s
  -- Later than the whole burst it was written under a clock that was ahead, and means nothing.
  WHERE f.place > 2 AND r.theoretical_arrival - (f.burst - 1) * s.step > clock_timestamp()
    AND r.theoretical_arrival - f.burst * s.step <= clock_timestamp() + interval '1 second';
  IF FOUND THEN
    SELECT t.wait_ms, t.refusal INTO wait_ms, refusal
    FROM breath.try_admit(p_keys[2], p_interval_ms[2], p_bursts[2]) AS t;
  END IF;
  IF wait_ms IS NULL THEN
    SELECT t.wait_ms, t.refusal INTO wait_ms, refusal
    FROM breath.try_admit(p_keys[1], p_interval_ms[1], p_bursts[1]) AS t;
  END IF;
END
$$;

-- Of a caller that was admitted and was wrong.
CREATE FUNCTION breath.note_failure(p_keys bytea[], p_interval_ms double precision[], p_bursts integer[]) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
  FOR i IN 3 .. cardinality(p_keys) LOOP
    PERFORM breath.try_admit(p_keys[i], p_interval_ms[i], p_bursts[i]);
  END LOOP;
END
$$;

-- As in 0014; nothing is counted of an attempt that is not admitted.
DROP FUNCTION breath.begin_login;
CREATE FUNCTION breath.begin_login(
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

-- What a fresh proof of identity is compared with; the attempt counts. A hash is asked for only where there is a
-- password to compare, or a recovery code that is good and sets one.
--   p_code_hash: of a recovery code in the password's place; `has_code`: that it is an unused one of this account.
--   p_keys: none where no password is meant.
DROP FUNCTION breath.begin_proof;
CREATE FUNCTION breath.begin_proof(
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

-- As in 0014; a token that is not open costs no hash.
DROP FUNCTION breath.is_reset_open;
CREATE FUNCTION breath.begin_reset(
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

REVOKE ALL ON FUNCTION
  breath.try_admit, breath.admit_hash, breath.note_failure, breath.begin_login, breath.begin_proof, breath.begin_reset
  FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
  breath.try_admit, breath.admit_hash, breath.note_failure, breath.begin_login, breath.begin_proof, breath.begin_reset
  TO breath_auth;
