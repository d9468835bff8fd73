-- Clears the device that pushes when its marker is later than its last one (`reset_device`), with a line in the
-- person's ledger. The same marker again changes nothing and leaves no line.
CREATE OR REPLACE FUNCTION breath.push_reset(p_account uuid, p_device uuid, p_marker timestamptz, p_request_id text)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
  IF breath.reset_device(p_account, p_device, p_device, p_marker) THEN
    PERFORM breath.note_push(p_account, p_device, p_request_id, 'reset', ARRAY[p_device::text], NULL, NULL);
  END IF;
END
$$;
REVOKE ALL ON FUNCTION breath.push_reset FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.push_reset TO breath_sync;
