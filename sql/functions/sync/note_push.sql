-- Writes a line in the person's ledger of pushes about the items of one kind; none where there is none.
--   p_ids: what to call the items; p_statuses: what became of each, NULL for what was simply stored, or NULL where all
--   were; p_remarks: what else to say of an item that is named, or NULL.
CREATE OR REPLACE FUNCTION breath.note_push(
  p_account uuid, p_caller uuid, p_request_id text, p_kind text, p_ids text[], p_statuses text[], p_remarks jsonb[]
) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  -- So many items are looked at for one to name; the others are counted.
  named_max CONSTANT integer := 100;
  pushed CONSTANT integer := cardinality(p_ids);
BEGIN
  IF pushed = 0 THEN
    RETURN;
  END IF;
  IF p_statuses IS NULL THEN
    INSERT INTO breath.push_ledger (account_id, device_id, request_id, kind, stored, duplicate, rejected)
    VALUES (p_account, p_caller, p_request_id, p_kind, pushed, 0, 0);
    RETURN;
  END IF;
  INSERT INTO breath.push_ledger (account_id, device_id, request_id, kind, stored, duplicate, rejected, verdicts)
  SELECT p_account, p_caller, p_request_id, p_kind, pushed - count(*), count(*) FILTER (WHERE j.status = 'duplicate'),
    count(*) FILTER (WHERE j.status <> 'duplicate'),
    jsonb_agg(
      jsonb_build_object('id', p_ids[j.place], 'status', j.status) || coalesce(p_remarks[j.place], '{}')
      ORDER BY j.place) FILTER (WHERE j.status <> 'duplicate' AND j.place <= named_max)
  FROM unnest(p_statuses) WITH ORDINALITY AS j (status, place)
  -- Stored all the same: as another device's twin, or in its day.
  WHERE j.status NOT IN ('held_by_other_device', 'folded');
END
$$;
REVOKE ALL ON FUNCTION breath.note_push FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.note_push TO breath_sync;
