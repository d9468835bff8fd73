-- Writes a line in the person's ledger about items of a push that could not be read: what each is called, if that could
-- be read, what is wrong with it, and where it stood.
CREATE OR REPLACE FUNCTION breath.note_unreadable(
  p_account uuid, p_caller uuid, p_request_id text, p_ids text[], p_codes text[], p_pointers text[]
) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
  PERFORM breath.note_push(
    p_account, p_caller, p_request_id, 'unreadable', p_ids, array_fill('rejected'::text, ARRAY[cardinality(p_ids)]),
    ARRAY(
      SELECT jsonb_build_object('code', u.code, 'pointer', u.pointer)
      FROM unnest(p_codes, p_pointers) WITH ORDINALITY AS u (code, pointer, place)
      ORDER BY u.place));
END
$$;
REVOKE ALL ON FUNCTION breath.note_unreadable FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.note_unreadable TO breath_sync;
