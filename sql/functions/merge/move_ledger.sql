-- Moves the ledger's lines of devices to another account, in their order. Their numbers are times and so fit in
-- between; should one be taken there, all that move come a microsecond later.
CREATE OR REPLACE FUNCTION breath.move_ledger(p_from uuid, p_to uuid, p_devices uuid[]) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  shift bigint := 0;
BEGIN
  WHILE EXISTS (
    SELECT FROM breath.push_ledger l JOIN breath.push_ledger o ON o.account_id = p_to AND o.entry = l.entry + shift
    WHERE l.account_id = p_from AND l.device_id = ANY (p_devices))
  LOOP
    shift := shift + 1;
  END LOOP;
  UPDATE breath.push_ledger SET account_id = p_to, entry = entry + shift
  WHERE account_id = p_from AND device_id = ANY (p_devices);
END
$$;
REVOKE ALL ON FUNCTION breath.move_ledger FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.move_ledger TO breath_merge;
