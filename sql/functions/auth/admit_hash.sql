-- Whether one more password may be hashed. The three arrays go together: the limit of everybody, the share of it that
-- is for callers who failed lately, and then what is counted of this caller's failures, once for each name that it goes
-- by. So half of the hashes are only for those who did not fail, whoever else comes how often.
CREATE OR REPLACE FUNCTION breath.admit_hash(
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
REVOKE ALL ON FUNCTION breath.admit_hash FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.admit_hash TO breath_auth;
