-- Redeems a one-time code: the device joins the account that made it. Exactly one redeem wins; the winner may repeat
-- itself, because its reply may have been lost. A code that nobody may redeem has no account: an answer and no
-- exception, because an exception would take back that the guess was counted.
CREATE OR REPLACE FUNCTION breath.redeem_pairing(
  p_code_hash bytea, p_device uuid, p_secret_hash bytea, p_name text, p_time_zone text, p_refresh_session uuid,
  OUT account uuid, OUT tenant uuid, OUT generation integer, OUT merge uuid, OUT merged_at timestamptz,
  OUT source uuid, OUT devices uuid[]
)
LANGUAGE plpgsql
AS $$
BEGIN
  SELECT p.target, p.source INTO account, source FROM breath.lock_pairing(p_code_hash, p_device, p_secret_hash) AS p;
  IF account IS NULL THEN
    RETURN;
  END IF;
  UPDATE breath.pairing_codes AS c SET redeemed_at = coalesce(c.redeemed_at, now()), redeemed_by = p_device
  WHERE c.code_hash = p_code_hash;
  IF source IS NOT NULL THEN
    merge := breath.merge_accounts(source, account, p_device);
    UPDATE breath.pairing_codes AS c SET merge_id = merge WHERE c.code_hash = p_code_hash;
  END IF;
  SELECT m.merge_id, m.merged_at, m.source, m.devices INTO merge, merged_at, source, devices
  FROM breath.merges m JOIN breath.pairing_codes c ON c.account_id = m.account_id AND c.merge_id = m.merge_id
  WHERE m.account_id = account AND c.code_hash = p_code_hash;
  SELECT j.tenant, j.generation INTO tenant, generation
  FROM breath.join_device(account, p_device, p_secret_hash, p_name, p_time_zone, p_refresh_session) AS j;
END
$$;
REVOKE ALL ON FUNCTION breath.redeem_pairing FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.redeem_pairing TO breath_auth;
