SET LOCAL ROLE breath_owner;

-- What a session leaves behind ends with it (decision 33; docs/identity.md lists all of it).
GRANT DELETE ON breath.pairing_codes TO breath_auth;
ALTER TABLE breath.email_claims ADD COLUMN made_by uuid;
CREATE INDEX sign_ins_by_device ON breath.sign_ins (device_id);
CREATE INDEX device_grants_by_decider ON breath.device_grants (account_id, decided_by);

-- What machines left behind that would let somebody in later: a code is worth what its maker's session is worth. The
-- caller holds the account, and so does whoever redeems one (lock_pairing, poll_device_grant).
CREATE FUNCTION breath.end_offers(p_account uuid, p_devices uuid[]) RETURNS void
LANGUAGE sql
AS $$
  DELETE FROM breath.pairing_codes
  WHERE account_id = p_account AND device_id = ANY (p_devices) AND redeemed_at IS NULL;
  UPDATE breath.device_grants SET decision = 'deny'
  WHERE account_id = p_account AND decided_by = ANY (p_devices) AND decision = 'approve' AND redeemed_at IS NULL;
  DELETE FROM breath.sign_ins WHERE device_id = ANY (p_devices);
  DELETE FROM breath.email_claims
  WHERE account_id = p_account AND (made_by IS NULL OR made_by = ANY (p_devices));
  DELETE FROM breath.password_resets WHERE account_id = p_account
$$;

-- As in 0014, with what they left behind.
CREATE OR REPLACE FUNCTION breath.end_sessions(p_account uuid, p_devices uuid[], p_reason text) RETURNS void
LANGUAGE sql
AS $$
  UPDATE breath.refresh_sessions SET ended_at = now(), end_reason = p_reason
  WHERE account_id = p_account AND device_id = ANY (p_devices) AND ended_at IS NULL;
  UPDATE breath.devices SET token_generation = token_generation + 1
  WHERE account_id = p_account AND device_id = ANY (p_devices);
  SELECT breath.end_offers(p_account, p_devices)
$$;

-- The keys of an account that still open something, which are devices of their own.
--   p_makers: NULL for all of them.
CREATE FUNCTION breath.keys_of(p_account uuid, p_makers uuid[]) RETURNS uuid[]
LANGUAGE sql STABLE
AS $$
  SELECT array(
    SELECT k.device_id FROM breath.api_keys k JOIN breath.devices d USING (account_id, device_id)
    WHERE k.account_id = p_account AND d.revoked_at IS NULL AND (p_makers IS NULL OR k.made_by = ANY (p_makers)))
$$;

-- As in 0014; a key goes with the machine that made it.
CREATE OR REPLACE FUNCTION breath.revoke_devices(p_account uuid, p_devices uuid[]) RETURNS bigint
LANGUAGE sql
AS $$
  SELECT breath.end_sessions(p_account, p_devices, 'revoked');
  WITH head AS (
    SELECT a.version FROM breath.accounts a WHERE a.account_id = p_account
  ), revoked AS (
    UPDATE breath.devices d SET revoked_at = now(), version = head.version + n.place
    FROM head, (
      SELECT device_id, row_number() OVER (ORDER BY device_id) AS place FROM breath.devices
      WHERE account_id = p_account AND device_id = ANY (p_devices || breath.keys_of(p_account, p_devices))
        AND revoked_at IS NULL
    ) AS n
    WHERE d.account_id = p_account AND d.device_id = n.device_id
    RETURNING 1
  ), moved AS (
    UPDATE breath.accounts SET version = version + (SELECT count(*) FROM revoked)
    WHERE account_id = p_account AND EXISTS (SELECT FROM revoked)
  )
  SELECT count(*) FROM revoked
$$;

-- As in 0014. Whoever sets a password means to be alone with the account: what any machine left behind ends, the
-- caller's too, whose token may be what was stolen; so do all keys, and a second factor that was offered and never
-- confirmed. What was counted was of the old password.
CREATE OR REPLACE FUNCTION breath.set_password(
  p_account uuid, p_device uuid, p_password_hash text, p_mail uuid, p_wrapped_key bytea, p_payload bytea
) RETURNS void
LANGUAGE sql
AS $$
  UPDATE breath.logins SET password_hash = p_password_hash, password_changed_at = now() WHERE account_id = p_account;
  SELECT breath.end_sessions(p_account, breath.other_devices(p_account, p_device), 'password');
  SELECT breath.end_offers(p_account, breath.other_devices(p_account, NULL));
  SELECT breath.revoke_devices(p_account, breath.keys_of(p_account, NULL));
  DELETE FROM breath.second_factors WHERE account_id = p_account AND confirmed_at IS NULL;
  DELETE FROM breath.login_attempts WHERE subject = (
    SELECT a.email_index FROM breath.login_addresses a WHERE a.account_id = p_account);
  SELECT breath.tell_owner(p_account, 'password_changed', p_mail, p_wrapped_key, p_payload)
$$;

-- As in 0020, by end_sessions.
CREATE OR REPLACE FUNCTION breath.rotate_refresh(
  p_account uuid, p_session uuid, p_counter bigint, p_request_id text DEFAULT '',
  p_now timestamptz DEFAULT clock_timestamp(),
  OUT outcome text, OUT next_counter bigint, OUT device uuid, OUT tenant uuid, OUT generation integer
)
LANGUAGE plpgsql
AS $$
DECLARE
  session breath.refresh_sessions;
BEGIN
  PERFORM set_config('breath.account', p_account::text, true);
  SELECT a.tenant_id INTO tenant FROM breath.accounts AS a WHERE a.account_id = p_account FOR NO KEY UPDATE;
  SELECT * INTO session FROM breath.refresh_sessions AS s
  WHERE s.account_id = p_account AND s.session_id = p_session AND s.ended_at IS NULL;
  outcome := 'ended';
  IF NOT FOUND THEN
    RETURN;
  END IF;
  device := session.device_id;
  SELECT j.outcome, j.next_counter INTO outcome, next_counter
  FROM breath.judge_refresh(p_counter, session.counter, session.created_at, session.rotated_at, p_now) AS j;
  IF outcome = 'reused' THEN
    PERFORM breath.end_sessions(p_account, ARRAY[device], 'reuse');
    INSERT INTO breath.push_ledger (account_id, device_id, request_id, kind, stored, duplicate, rejected, verdicts)
    VALUES (
      p_account, device, p_request_id, 'signed_out', 0, 0, 0,
      '[{"status": "signed_out", "code": "refresh_reused"}]');
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
  IF next_counter > p_counter THEN
    UPDATE breath.refresh_sessions AS s SET counter = next_counter, rotated_at = p_now
    WHERE s.account_id = p_account AND s.session_id = p_session;
    PERFORM breath.note_presence(p_account);
  END IF;
END
$$;

-- As in 0019; and its maker must be welcome: one that left with a merge that was undone leaves no key behind. The first
-- call of a day also makes the account seen, as signing in does.
CREATE OR REPLACE FUNCTION breath.begin_key_request(
  p_account uuid, p_device uuid, p_key_hash bytea, p_scope text, p_writes boolean, p_limit_key bytea,
  p_interval_ms double precision, p_burst integer, OUT remaining integer, OUT reset_ms bigint
)
LANGUAGE plpgsql
AS $$
DECLARE
  shown breath.api_keys;
BEGIN
  PERFORM set_config('breath.account', p_account::text, true);
  SELECT a.remaining, a.reset_ms INTO remaining, reset_ms
  FROM breath.admit(p_limit_key, p_interval_ms, p_burst) AS a;
  IF p_writes THEN
    PERFORM FROM breath.accounts WHERE account_id = p_account FOR NO KEY UPDATE;
  END IF;
  SELECT k.* INTO shown FROM breath.api_keys k JOIN breath.devices d USING (account_id, device_id)
  JOIN breath.devices m ON m.account_id = k.account_id AND m.device_id = k.made_by
  WHERE k.account_id = p_account AND k.device_id = p_device AND k.key_hash = p_key_hash AND k.expires_at > now()
    AND d.revoked_at IS NULL AND m.revoked_at IS NULL;
  IF NOT FOUND THEN
    PERFORM breath.refuse_erased(p_account);
    RAISE EXCEPTION 'key refused' USING ERRCODE = 'BM40K';
  END IF;
  IF p_scope <> ALL (shown.scopes) THEN
    RAISE EXCEPTION USING ERRCODE = 'BM403', MESSAGE = p_scope;
  END IF;
  IF shown.last_used_on IS DISTINCT FROM current_date THEN
    UPDATE breath.api_keys k SET last_used_on = current_date
    WHERE k.account_id = p_account AND k.device_id = p_device;
    PERFORM breath.note_presence(p_account);
  END IF;
END
$$;
GRANT UPDATE (last_seen_on) ON breath.accounts TO breath_stats;
GRANT EXECUTE ON FUNCTION breath.note_presence TO breath_sync, breath_stats;

REVOKE ALL ON FUNCTION breath.end_offers, breath.keys_of FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.end_offers, breath.keys_of TO breath_auth;
