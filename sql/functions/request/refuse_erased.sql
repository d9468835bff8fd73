-- Raises BM410 when the account or device with this id was erased.
CREATE OR REPLACE FUNCTION breath.refuse_erased(p_id uuid) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
  IF EXISTS (SELECT FROM breath.erased WHERE id_hash = sha256(uuid_send(p_id))) THEN
    RAISE EXCEPTION 'erased' USING ERRCODE = 'BM410';
  END IF;
END
$$;
REVOKE ALL ON FUNCTION breath.refuse_erased FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.refuse_erased TO breath_auth, breath_stats, breath_sync;
