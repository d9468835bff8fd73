-- The accounts that a code and a device belong to, locked in one order. No target: nobody may redeem this code. Another
-- secret than the device's raises BM409.
CREATE OR REPLACE FUNCTION breath.lock_pairing(
  p_code_hash bytea, p_device uuid, p_secret_hash bytea, OUT target uuid, OUT source uuid
)
LANGUAGE plpgsql
AS $$
DECLARE
  secret_hash bytea;
BEGIN
  SELECT c.account_id INTO target FROM breath.pairing_codes c WHERE c.code_hash = p_code_hash;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  SELECT c.account_id, c.secret_hash INTO source, secret_hash
  FROM breath.device_credentials c WHERE c.device_id = p_device;
  PERFORM breath.lock_accounts(ARRAY[target, source]);
  -- While this waited, either may have moved to another account: run again with the right locks.
  PERFORM FROM breath.pairing_codes c WHERE c.code_hash = p_code_hash AND c.account_id = target;
  IF NOT FOUND OR source IS DISTINCT FROM (
    SELECT c.account_id FROM breath.device_credentials c WHERE c.device_id = p_device
  ) THEN
    RAISE EXCEPTION 'moved meanwhile' USING ERRCODE = '40001';
  END IF;
  -- Only who joined may repeat itself: one whose merge was undone since must ask for a new code.
  PERFORM FROM breath.pairing_codes c
  WHERE c.code_hash = p_code_hash AND c.expires_at > now()
    AND (c.redeemed_at IS NULL OR (c.redeemed_by = p_device AND source = target));
  IF NOT FOUND THEN
    target := NULL;
    RETURN;
  END IF;
  PERFORM set_config('breath.account', target::text, true);
  PERFORM FROM breath.pairing_codes c
  JOIN breath.devices d ON d.account_id = c.account_id AND d.device_id = c.device_id
  WHERE c.code_hash = p_code_hash AND d.revoked_at IS NULL;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'made by a revoked device' USING ERRCODE = 'BM404';
  ELSIF secret_hash <> p_secret_hash THEN
    RAISE EXCEPTION 'device exists' USING ERRCODE = 'BM409';
  END IF;
  IF source = target THEN
    source := NULL;
  ELSIF source IS NOT NULL THEN
    PERFORM set_config('breath.account', source::text, true);
    PERFORM FROM breath.devices WHERE account_id = source AND device_id = p_device AND revoked_at IS NULL;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'device revoked' USING ERRCODE = 'BM401';
    END IF;
    PERFORM set_config('breath.account', target::text, true);
  END IF;
END
$$;
REVOKE ALL ON FUNCTION breath.lock_pairing FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.lock_pairing TO breath_auth;
