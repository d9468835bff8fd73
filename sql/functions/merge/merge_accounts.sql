SET LOCAL ROLE breath_merge;

-- Merges `p_source` into `p_target`. The caller holds both rows (lock_accounts) and has proved that it may. The
-- target's privacy tier holds: sessions that it does not share are coarsened as choose_detail does, and stay on their
-- machines. Refuses accounts whose versions cannot be counted on (merge_refusal).
CREATE OR REPLACE FUNCTION breath.merge_accounts(p_source uuid, p_target uuid, p_device uuid) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  source breath.accounts;
  target breath.accounts;
  refusal text;
  merge uuid;
  known uuid;
  carried uuid;
BEGIN
  IF NOT breath.is_anonymous(p_source) THEN
    RAISE EXCEPTION 'source is not anonymous' USING ERRCODE = 'BM409';
  END IF;
  SELECT * INTO source FROM breath.accounts a WHERE a.account_id = p_source;
  SELECT * INTO target FROM breath.accounts a WHERE a.account_id = p_target;
  IF source.tenant_id <> target.tenant_id THEN
    -- Nobody learns of accounts of another tenant: as a code that nobody has.
    RAISE EXCEPTION 'other tenant' USING ERRCODE = 'BM404';
  END IF;
  refusal := breath.merge_refusal(p_source, p_target);
  IF refusal IS NOT NULL THEN
    RAISE EXCEPTION USING ERRCODE = 'BM409', MESSAGE = refusal;
  END IF;
  IF source.detail = 'sessions' AND target.detail = 'days' THEN
    PERFORM breath.choose_detail(p_source, p_device, 'days');
  END IF;

  INSERT INTO breath.merges (account_id, source, source_detail, redeemed_by, devices)
  SELECT p_target, p_source, source.detail, p_device, coalesce(array_agg(d.device_id), '{}')
  FROM breath.devices d
  WHERE d.account_id = p_source AND d.left_at IS NULL
    AND (NOT EXISTS (
        SELECT FROM breath.devices t
        WHERE t.account_id = p_target AND t.device_id = d.device_id AND t.left_at IS NULL)
      OR EXISTS (
        SELECT FROM breath.device_credentials c WHERE c.device_id = d.device_id AND c.account_id = p_source))
  RETURNING merge_id INTO merge;
  FOR known IN
    SELECT s.device_id
    FROM breath.devices s JOIN breath.devices t ON t.account_id = p_target AND t.device_id = s.device_id
    WHERE s.account_id = p_source
  LOOP
    PERFORM breath.unite_device(p_source, p_target, known, p_device);
  END LOOP;
  PERFORM breath.move_devices(
    p_source, p_target, ARRAY(SELECT d.device_id FROM breath.devices d WHERE d.account_id = p_source));

  UPDATE breath.consents c SET account_id = p_target, recorded_at = c.recorded_at + CASE WHEN EXISTS (
      SELECT FROM breath.consents o
      WHERE o.account_id = p_target AND o.recorded_at = c.recorded_at AND o.subject = c.subject
    ) THEN interval '1 microsecond' ELSE interval '0' END
  WHERE c.account_id = p_source;
  UPDATE breath.merges SET account_id = p_target WHERE account_id = p_source;
  -- With what had been merged into it before.
  FOR carried IN
    UPDATE breath.accounts SET merged_into = p_target WHERE account_id = p_source OR merged_into = p_source
    RETURNING account_id
  LOOP
    PERFORM breath.carry_claims_and_shares(carried, nullif(p_source, carried), p_target);
  END LOOP;
  PERFORM breath.settle_account(p_source);
  PERFORM breath.settle_account(p_target);
  RETURN merge;
END
$$;
REVOKE ALL ON FUNCTION breath.merge_accounts FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.merge_accounts TO breath_auth;
