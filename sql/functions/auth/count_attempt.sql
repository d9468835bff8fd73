-- Counts an attempt before it is known whether it fails, so that attempts at once count as well as one after the other;
-- success takes the count back. From the fifth in a row each locks its subject: a minute, then twice as long each time,
-- up to an hour. What comes meanwhile is not counted, and a day of rest begins anew.
CREATE OR REPLACE FUNCTION breath.count_attempt(p_subject bytea, OUT is_locked boolean)
LANGUAGE plpgsql
AS $$
DECLARE
  free CONSTANT integer := 5;
  attempt breath.login_attempts;
BEGIN
  INSERT INTO breath.login_attempts AS t (subject, failures, attempted_at) VALUES (p_subject, 1, now())
  ON CONFLICT (subject) DO UPDATE SET
    failures = CASE WHEN t.locked_until > now() THEN t.failures
      WHEN t.attempted_at < now() - interval '1 day' THEN 1 ELSE t.failures + 1 END,
    attempted_at = now()
  RETURNING * INTO attempt;
  is_locked := coalesce(attempt.locked_until > now(), false);
  IF NOT is_locked AND attempt.failures >= free THEN
    UPDATE breath.login_attempts
    SET locked_until = now() + least(interval '1 minute' * 2 ^ least(attempt.failures - free, 10), interval '1 hour')
    WHERE subject = p_subject;
  END IF;
END
$$;
REVOKE ALL ON FUNCTION breath.count_attempt FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.count_attempt TO breath_auth;
