-- The device asks whether it was let in. `outcome` is RFC 8628's error, or 'granted', once. The account's row is taken
-- before the grant's, in the order of who decides.
CREATE OR REPLACE FUNCTION breath.poll_device_grant(
  p_device_code_hash bytea, p_refresh_session uuid,
  OUT outcome text, OUT account uuid, OUT device uuid, OUT tenant uuid, OUT generation integer
)
LANGUAGE plpgsql
AS $$
DECLARE
  asked breath.device_grants;
BEGIN
  SELECT g.account_id INTO account FROM breath.device_grants g WHERE g.device_code_hash = p_device_code_hash;
  PERFORM set_config('breath.account', coalesce(account::text, ''), true);
  PERFORM FROM breath.accounts a WHERE a.account_id = account FOR NO KEY UPDATE;
  SELECT * INTO asked FROM breath.device_grants g WHERE g.device_code_hash = p_device_code_hash FOR UPDATE;
  outcome := CASE
    WHEN asked.device_code_hash IS NULL OR asked.redeemed_at IS NOT NULL THEN 'invalid_grant'
    WHEN asked.expires_at <= now() THEN 'expired_token'
    WHEN asked.decision = 'deny' THEN 'access_denied'
    -- It was decided, or moved with a merge, since the account was looked up: the next poll will tell.
    WHEN asked.account_id IS DISTINCT FROM account THEN 'authorization_pending'
    WHEN asked.decision = 'approve' THEN 'granted'
    WHEN asked.polled_at > now() - asked.interval_s * interval '1 second' THEN 'slow_down'
    ELSE 'authorization_pending'
  END;
  IF outcome IN ('slow_down', 'authorization_pending') THEN
    UPDATE breath.device_grants g SET polled_at = now(),
      interval_s = g.interval_s + CASE outcome WHEN 'slow_down' THEN 5 ELSE 0 END
    WHERE g.device_code_hash = p_device_code_hash;
  ELSIF outcome = 'granted' AND NOT breath.may_be_granted(asked) THEN
    outcome := 'access_denied';
  END IF;
  IF outcome <> 'granted' THEN
    account := NULL;
    RETURN;
  END IF;
  device := asked.device_id;
  UPDATE breath.device_grants g SET redeemed_at = now() WHERE g.device_code_hash = p_device_code_hash;
  SELECT j.tenant, j.generation INTO tenant, generation
  FROM breath.join_device(account, device, asked.secret_hash, asked.name, asked.time_zone, p_refresh_session) AS j;
END
$$;
REVOKE ALL ON FUNCTION breath.poll_device_grant FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.poll_device_grant TO breath_auth;
