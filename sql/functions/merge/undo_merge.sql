SET LOCAL ROLE breath_merge;

-- Gives the devices of a merge back to their account, with all their rows, also what they practised since, and the
-- privacy tier it had. Each side keeps of the other's devices nothing but that they left, so that copies on machines
-- are dropped and not sent again. Refuses accounts whose versions cannot be counted on.
-- `outcome`: 'undone', 'expired'; NULL when the account has no such merge.
CREATE OR REPLACE FUNCTION breath.undo_merge(
  p_account uuid, p_device uuid, p_generation integer, p_merge uuid, OUT outcome text, OUT source uuid
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  merge breath.merges;
  shared text;
  moved uuid[];
  carried uuid;
BEGIN
  SELECT m.source INTO source FROM breath.merges m WHERE m.account_id = p_account AND m.merge_id = p_merge;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  PERFORM breath.lock_accounts(ARRAY[p_account, source]);
  PERFORM FROM breath.devices
  WHERE account_id = p_account AND device_id = p_device AND revoked_at IS NULL AND token_generation = p_generation;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'account moved' USING ERRCODE = 'BM401';
  END IF;
  SELECT * INTO merge FROM breath.merges m WHERE m.account_id = p_account AND m.merge_id = p_merge;
  IF merge.undone_at IS NOT NULL THEN
    outcome := 'undone';
    RETURN;
  ELSIF merge.merged_at < now() - interval '30 days' THEN
    outcome := 'expired';
    RETURN;
  END IF;
  PERFORM breath.renumber_account(a.account_id) FROM breath.accounts a
  WHERE a.account_id IN (p_account, merge.source) AND breath.is_at_end(a.version);
  SELECT a.detail INTO shared FROM breath.accounts a WHERE a.account_id = p_account;
  moved := ARRAY(
    SELECT d.device_id FROM breath.devices d
    WHERE d.account_id = p_account AND d.left_at IS NULL AND d.device_id = ANY (merge.devices));

  PERFORM breath.move_devices(p_account, source, moved);
  PERFORM breath.note_departures(p_account, source, moved);
  PERFORM breath.note_departures(source, p_account, ARRAY(
    SELECT d.device_id FROM breath.devices d
    WHERE d.account_id = p_account AND d.left_at IS NULL AND d.device_id <> ALL (moved)));
  PERFORM breath.announce_settings(p_account, source);
  UPDATE breath.consents SET account_id = source
  WHERE account_id = p_account AND device_id = ANY (merge.devices) AND recorded_at <= merge.merged_at;
  -- What had been merged into it before goes with it.
  UPDATE breath.merges SET account_id = undo_merge.source
  WHERE account_id = p_account AND merge_id <> p_merge AND merged_at < merge.merged_at AND devices <@ merge.devices;
  FOR carried IN
    UPDATE breath.accounts a SET merged_into = undo_merge.source
    WHERE a.merged_into = p_account
      AND a.account_id IN (
        SELECT m.source FROM breath.merges m WHERE m.account_id = undo_merge.source AND m.undone_at IS NULL)
    RETURNING a.account_id
  LOOP
    PERFORM breath.carry_claims_and_shares(carried, p_account, source);
  END LOOP;
  UPDATE breath.merges SET undone_at = now() WHERE account_id = p_account AND merge_id = p_merge;
  -- As it is stored now; then as coarse as it was.
  UPDATE breath.accounts a SET merged_into = NULL, last_seen_on = current_date,
    detail = CASE WHEN 'sessions' IN (shared, merge.source_detail) THEN 'sessions' ELSE 'days' END
  WHERE a.account_id = undo_merge.source;
  PERFORM breath.carry_claims_and_shares(source, p_account, NULL);
  PERFORM breath.settle_account(p_account);
  PERFORM breath.settle_account(source);
  IF merge.source_detail = 'days' AND shared = 'sessions' THEN
    PERFORM breath.choose_detail(source, merge.redeemed_by, 'days');
  END IF;
  outcome := 'undone';
END
$$;
REVOKE ALL ON FUNCTION breath.undo_merge FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.undo_merge TO breath_auth;
