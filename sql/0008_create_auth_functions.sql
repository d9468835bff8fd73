SET LOCAL ROLE breath_owner;

-- Which account is asked for is only known after a look-up, so these enter it themselves. They run with the rights of
-- the function that calls them: only breath_auth may.

-- A device presents its id and the hash of its secret. The first time this makes an anonymous account; every time after,
-- it finds that account again, so that a lost reply strands nobody. Another secret raises BM409.
CREATE FUNCTION breath.enrol_device(
  p_device uuid, p_secret_hash bytea, p_new_account uuid, p_name text, p_time_zone text, p_refresh_session uuid,
  OUT is_new boolean, OUT account uuid, OUT tenant uuid, OUT generation integer
)
LANGUAGE plpgsql
AS $$
BEGIN
  INSERT INTO breath.device_credentials (device_id, account_id, secret_hash)
  VALUES (p_device, p_new_account, p_secret_hash)
  ON CONFLICT (device_id) DO NOTHING;
  is_new := FOUND;
  IF is_new THEN
    account := p_new_account;
    PERFORM set_config('breath.account', account::text, true);
    PERFORM now() AT TIME ZONE p_time_zone;  -- raises 22023 for a zone nobody knows
    INSERT INTO breath.accounts (account_id, version) VALUES (account, 1);
    INSERT INTO breath.devices (account_id, device_id, version, name, time_zone)
    VALUES (account, p_device, 1, p_name, p_time_zone);
  ELSE
    SELECT account_id INTO account
    FROM breath.device_credentials
    WHERE device_id = p_device AND secret_hash = p_secret_hash;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'device exists' USING ERRCODE = 'BM409';
    END IF;
    PERFORM set_config('breath.account', account::text, true);
  END IF;
  SELECT s.tenant, s.generation INTO tenant, generation
  FROM breath.begin_refresh_session(account, p_device, p_refresh_session) AS s;
END
$$;

-- Once a day is enough for retention, and costs the other calls of the day nothing.
CREATE FUNCTION breath.note_presence(p_account uuid) RETURNS void
LANGUAGE sql
AS $$
  UPDATE breath.accounts SET last_seen_on = current_date
  WHERE account_id = p_account AND last_seen_on < current_date
$$;

-- What both ways in have in common: the device must be welcome, and gets a session of its own.
CREATE FUNCTION breath.begin_refresh_session(
  p_account uuid, p_device uuid, p_session uuid, OUT tenant uuid, OUT generation integer
)
LANGUAGE plpgsql
AS $$
BEGIN
  SELECT a.tenant_id INTO tenant FROM breath.accounts AS a WHERE a.account_id = p_account FOR NO KEY UPDATE;
  SELECT d.token_generation INTO generation
  FROM breath.devices AS d
  WHERE d.account_id = p_account AND d.device_id = p_device AND d.revoked_at IS NULL;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'device revoked' USING ERRCODE = 'BM401';
  END IF;
  INSERT INTO breath.refresh_sessions (account_id, session_id, device_id) VALUES (p_account, p_session, p_device);
  PERFORM breath.note_presence(p_account);
END
$$;

-- Redeems a one-time code: the device joins the account that made it. Exactly one redeem wins; the winner may repeat
-- itself, because its reply may have been lost. A code that nobody may redeem has no account: an answer and no
-- exception, because an exception would take back that the guess was counted.
CREATE FUNCTION breath.redeem_pairing(
  p_code_hash bytea, p_device uuid, p_secret_hash bytea, p_name text, p_time_zone text, p_refresh_session uuid,
  OUT account uuid, OUT tenant uuid, OUT generation integer
)
LANGUAGE plpgsql
AS $$
DECLARE
  made_by uuid;
  next_version bigint;
BEGIN
  UPDATE breath.pairing_codes AS c SET redeemed_at = now(), redeemed_by = p_device
  WHERE c.code_hash = p_code_hash AND c.expires_at > now()
    AND (c.redeemed_at IS NULL OR c.redeemed_by = p_device)
  RETURNING c.account_id, c.device_id INTO account, made_by;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  PERFORM set_config('breath.account', account::text, true);
  UPDATE breath.accounts AS a SET version = a.version + 1 WHERE a.account_id = account
  RETURNING a.version INTO next_version;
  PERFORM FROM breath.devices AS d WHERE d.account_id = account AND d.device_id = made_by AND d.revoked_at IS NULL;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'made by a revoked device' USING ERRCODE = 'BM404';
  END IF;

  INSERT INTO breath.device_credentials (device_id, account_id, secret_hash)
  VALUES (p_device, account, p_secret_hash)
  ON CONFLICT (device_id) DO NOTHING;
  IF FOUND THEN
    PERFORM now() AT TIME ZONE p_time_zone;
    INSERT INTO breath.devices (account_id, device_id, version, name, time_zone)
    VALUES (account, p_device, next_version, p_name, p_time_zone);
  ELSE
    PERFORM FROM breath.device_credentials AS c
    WHERE c.device_id = p_device AND c.account_id = account AND c.secret_hash = p_secret_hash;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'device exists' USING ERRCODE = 'BM409';
    END IF;
    -- Keeps versions gapless: the number taken above belongs to the row it announces.
    UPDATE breath.devices AS d SET version = next_version WHERE d.account_id = account AND d.device_id = p_device;
  END IF;
  SELECT s.tenant, s.generation INTO tenant, generation
  FROM breath.begin_refresh_session(account, p_device, p_refresh_session) AS s;
END
$$;

-- Exchanges a refresh token for its successor. `outcome`: 'current' and a counter to issue, or why not.
-- One generation back is an honest client whose reply was lost, or another window of the same editor: it gets the same
-- successor. Further back is a copy: the device is signed out at once, access tokens included, and that must be
-- committed, so it is an answer and no exception.
CREATE FUNCTION breath.rotate_refresh(
  p_account uuid, p_session uuid, p_counter bigint,
  OUT outcome text, OUT next_counter bigint, OUT device uuid, OUT tenant uuid, OUT generation integer
)
LANGUAGE plpgsql
AS $$
DECLARE
  session breath.refresh_sessions;
BEGIN
  PERFORM set_config('breath.account', p_account::text, true);
  SELECT a.tenant_id INTO tenant FROM breath.accounts AS a WHERE a.account_id = p_account FOR NO KEY UPDATE;
  SELECT * INTO session FROM breath.refresh_sessions AS s WHERE s.account_id = p_account AND s.session_id = p_session;
  outcome := CASE
    WHEN session.session_id IS NULL OR session.ended_at IS NOT NULL OR p_counter > session.counter THEN 'ended'
    WHEN session.rotated_at < now() - interval '30 days' OR session.created_at < now() - interval '180 days'
      THEN 'expired'
    WHEN p_counter < session.counter - 1 THEN 'reused'
    ELSE 'current'
  END;
  device := session.device_id;
  IF outcome = 'reused' THEN
    UPDATE breath.refresh_sessions AS s SET ended_at = now(), end_reason = 'reuse'
    WHERE s.account_id = p_account AND s.device_id = device AND s.ended_at IS NULL;
    UPDATE breath.devices AS d SET token_generation = d.token_generation + 1
    WHERE d.account_id = p_account AND d.device_id = device;
  END IF;
  IF outcome <> 'current' THEN
    RETURN;
  END IF;
  SELECT d.token_generation INTO generation
  FROM breath.devices AS d
  WHERE d.account_id = p_account AND d.device_id = device AND d.revoked_at IS NULL;
  IF NOT FOUND THEN
    outcome := 'ended';
    RETURN;
  END IF;
  next_counter := session.counter;
  IF p_counter = session.counter THEN
    next_counter := session.counter + 1;
    UPDATE breath.refresh_sessions AS s SET counter = next_counter, rotated_at = now()
    WHERE s.account_id = p_account AND s.session_id = p_session;
    PERFORM breath.note_presence(p_account);
  END IF;
END
$$;

REVOKE ALL ON FUNCTION
  breath.note_presence, breath.enrol_device, breath.begin_refresh_session, breath.redeem_pairing,
  breath.rotate_refresh FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
  breath.note_presence, breath.enrol_device, breath.begin_refresh_session, breath.redeem_pairing,
  breath.rotate_refresh TO breath_auth;
