-- Deletes the sessions that a push says are deleted (`delete_sessions`), with a line in the person's ledger. Answers
-- those that were not: their indexes from 1, and why.
CREATE OR REPLACE FUNCTION breath.push_deletions(
  p_account uuid, p_caller uuid, p_request_id text, p_devices uuid[], p_sessions text[]
) RETURNS TABLE (place integer, status text)
LANGUAGE plpgsql
AS $$
DECLARE
  statuses CONSTANT text[] := ARRAY(
    SELECT d.status FROM breath.delete_sessions(p_account, p_caller, p_devices, p_sessions) AS d ORDER BY d.place);
BEGIN
  PERFORM breath.note_push(p_account, p_caller, p_request_id, 'deletions', p_sessions, statuses, NULL);
  RETURN QUERY
    SELECT j.place::integer, j.status FROM unnest(statuses) WITH ORDINALITY AS j (status, place)
    WHERE j.status IS NOT NULL ORDER BY j.place;
END
$$;
REVOKE ALL ON FUNCTION breath.push_deletions FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.push_deletions TO breath_sync;
