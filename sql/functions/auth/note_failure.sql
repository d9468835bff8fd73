-- Counts a failed password of a caller whose hash was admitted (admit_hash), under each of the names it goes by.
CREATE OR REPLACE FUNCTION breath.note_failure(p_keys bytea[], p_interval_ms double precision[], p_bursts integer[])
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
  FOR i IN 3 .. cardinality(p_keys) LOOP
    PERFORM breath.try_admit(p_keys[i], p_interval_ms[i], p_bursts[i]);
  END LOOP;
END
$$;
REVOKE ALL ON FUNCTION breath.note_failure FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.note_failure TO breath_auth;
