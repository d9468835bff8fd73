-- Counts a try for each subject, from the narrowest to all together, before it is known whether it is wrong: so that
-- many tries at once count as well as one after the other. Who is locked already counts no further. How long to wait,
-- or NULL.
CREATE OR REPLACE FUNCTION breath.count_code_try(p_subjects bytea[], p_tries_max integer[], OUT retry_ms bigint)
LANGUAGE plpgsql
AS $$
DECLARE
  period CONSTANT interval := '10 minutes';
  counted breath.wrong_codes;
BEGIN
  FOR i IN 1 .. cardinality(p_subjects) LOOP
    INSERT INTO breath.wrong_codes AS w (subject, tries, since) VALUES (p_subjects[i], 1, now())
    ON CONFLICT (subject) DO UPDATE SET
      tries = CASE WHEN w.since > now() - period THEN w.tries + 1 ELSE 1 END,
      since = CASE WHEN w.since > now() - period THEN w.since ELSE now() END
    RETURNING * INTO counted;
    IF counted.tries > p_tries_max[i] THEN
      retry_ms := greatest(1, ceil(extract(epoch FROM counted.since + period - now()) * 1000));
      RETURN;
    END IF;
  END LOOP;
END
$$;
REVOKE ALL ON FUNCTION breath.count_code_try FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.count_code_try TO breath_auth;
