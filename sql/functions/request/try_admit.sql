-- As admit, but as an answer: the milliseconds to wait and what the refusal says of its limit; NULL when admitted.
CREATE OR REPLACE FUNCTION breath.try_admit(
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
REVOKE ALL ON FUNCTION breath.try_admit FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.try_admit TO breath_auth;
