SET LOCAL ROLE breath_owner;

-- A login: an address and a password, for who wants more than the secret of a machine. What names a person is sealed by
-- auth before it comes here (docs/identity.md), with a key of the account that is stored wrapped: without that row nothing
-- of it can be read again, wherever a copy is.
CREATE TABLE breath.account_keys (
  account_id uuid PRIMARY KEY REFERENCES breath.accounts ON DELETE CASCADE,
  wrapped bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE breath.logins (
  account_id uuid PRIMARY KEY REFERENCES breath.accounts ON DELETE CASCADE,
  email bytea NOT NULL,
  password_hash text NOT NULL,
  -- Of the token that confirmed the address: its owner may repeat the call, because the reply may have been lost.
  confirmed_by bytea NOT NULL,
  confirmed_at timestamptz NOT NULL DEFAULT now(),
  password_changed_at timestamptz NOT NULL DEFAULT now()
);

-- Which account has an address: asked before the account is known, by a keyed hash.
CREATE TABLE breath.login_addresses (
  email_index bytea PRIMARY KEY,
  account_id uuid NOT NULL REFERENCES breath.accounts ON DELETE CASCADE,
  CONSTRAINT login_addresses_account UNIQUE (account_id),
  CONSTRAINT login_addresses_index_size CHECK (octet_length(email_index) = 32)
);

-- An address that an account says is its own, until the token that was mailed there proves it.
CREATE TABLE breath.email_claims (
  account_id uuid PRIMARY KEY REFERENCES breath.accounts ON DELETE CASCADE,
  token_hash bytea NOT NULL,
  email_index bytea NOT NULL,
  email bytea NOT NULL,
  password_hash text NOT NULL,
  expires_at timestamptz NOT NULL
);

CREATE TABLE breath.password_resets (
  account_id uuid PRIMARY KEY REFERENCES breath.accounts ON DELETE CASCADE,
  token_hash bytea NOT NULL,
  expires_at timestamptz NOT NULL
);

CREATE TABLE breath.recovery_codes (
  account_id uuid NOT NULL REFERENCES breath.accounts ON DELETE CASCADE,
  code_hash bytea NOT NULL,
  made_at timestamptz NOT NULL DEFAULT now(),
  used_at timestamptz,
  -- The device that signed in with it and may repeat itself.
  used_by uuid,
  CONSTRAINT recovery_codes_pkey PRIMARY KEY (account_id, code_hash)
);

-- Failed attempts, by a keyed hash of what was tried. Logged, unlike rate limits: a lockout must survive a crash.
CREATE TABLE breath.login_attempts (
  subject bytea PRIMARY KEY,
  failures integer NOT NULL,
  attempted_at timestamptz NOT NULL,
  locked_until timestamptz,
  CONSTRAINT login_attempts_subject_size CHECK (octet_length(subject) = 32)
);

-- Mails to be sent. What they say is sealed with a key of each mail, and both are erased as soon as it has gone out.
CREATE TABLE breath.outbox (
  account_id uuid NOT NULL REFERENCES breath.accounts ON DELETE CASCADE,
  mail_id uuid NOT NULL,
  kind text NOT NULL,
  wrapped_key bytea,
  payload bytea,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- Later it would be of no use.
  expires_at timestamptz NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz NOT NULL DEFAULT now(),
  sent_at timestamptz,
  CONSTRAINT outbox_pkey PRIMARY KEY (account_id, mail_id),
  CONSTRAINT outbox_kind_known
    CHECK (kind IN ('confirm_address', 'address_taken', 'reset_password', 'password_changed')),
  CONSTRAINT outbox_sent_is_empty CHECK (sent_at IS NULL OR (wrapped_key IS NULL AND payload IS NULL))
);

ALTER TABLE breath.accounts
  -- Where the person is at home; the days of practice go by each machine's own zone.
  ADD COLUMN time_zone text,
  -- What others may call the person, where the person takes part in something with others.
  ADD COLUMN alias text,
  ADD CONSTRAINT accounts_alias_length CHECK (length(alias) BETWEEN 1 AND 32);

DO $$
DECLARE
  table_name text;
BEGIN
  FOREACH table_name IN ARRAY ARRAY[
    'account_keys', 'logins', 'email_claims', 'password_resets', 'recovery_codes', 'outbox'
  ] LOOP
    EXECUTE format('ALTER TABLE breath.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', table_name);
    EXECUTE format(
      'CREATE POLICY %I ON breath.%I
         USING (account_id = (SELECT nullif(current_setting(''breath.account'', true), '''')::uuid))
         WITH CHECK (account_id = (SELECT nullif(current_setting(''breath.account'', true), '''')::uuid))',
      table_name || '_of_account', table_name);
    EXECUTE format('CREATE POLICY %I ON breath.%I TO breath_maintenance USING (true)',
      table_name || '_of_maintenance', table_name);
  END LOOP;
END
$$;
ALTER TABLE breath.login_addresses ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY login_addresses_of_auth ON breath.login_addresses TO breath_auth USING (true) WITH CHECK (true);

GRANT SELECT, INSERT ON breath.account_keys, breath.login_addresses TO breath_auth;
GRANT SELECT, INSERT, UPDATE ON breath.logins TO breath_auth;
GRANT SELECT, INSERT, UPDATE, DELETE
  ON breath.email_claims, breath.password_resets, breath.recovery_codes, breath.login_attempts TO breath_auth;
GRANT INSERT ON breath.outbox TO breath_auth;

-- Counts an attempt before it is known whether it fails, so that attempts at once count as well as one after the other;
-- who succeeds takes it back. From the fifth in a row each locks what it tried: a minute, then twice as long each time, up to
-- an hour. What comes meanwhile is not counted, and a day of rest begins anew.
CREATE FUNCTION breath.count_attempt(p_subject bytea, OUT is_locked boolean)
LANGUAGE plpgsql
AS $$
DECLARE
  free CONSTANT integer := 5;
  attempt breath.login_attempts;
BEGIN
  INSERT INTO breath.login_attempts AS t (subject, failures, attempted_at) VALUES (p_subject, 1, now())
  ON CONFLICT (subject) DO UPDATE SET
    failures = CASE WHEN t.locked_until > now() THEN t.failures
      WHEN t.attempted_at < now() - interval '1 day' THEN 1 ELSE t.failures + 1 END,
    attempted_at = now()
  RETURNING * INTO attempt;
  is_locked := coalesce(attempt.locked_until > now(), false);
  IF NOT is_locked AND attempt.failures >= free THEN
    UPDATE breath.login_attempts
    SET locked_until = now() + least(interval '1 minute' * 2 ^ least(attempt.failures - free, 10), interval '1 hour')
    WHERE subject = p_subject;
  END IF;
END
$$;

-- Enters the account of an address. NULL for an address that nobody has; then nothing is entered.
CREATE FUNCTION breath.enter_by_address(p_email_index bytea, OUT account uuid)
LANGUAGE plpgsql
AS $$
BEGIN
  SELECT a.account_id INTO account FROM breath.login_addresses AS a WHERE a.email_index = p_email_index;
  PERFORM set_config('breath.account', coalesce(account::text, ''), true);
END
$$;

CREATE FUNCTION breath.begin_login(
  p_email_index bytea, OUT account uuid, OUT password_hash text, OUT is_locked boolean
)
LANGUAGE plpgsql
AS $$
BEGIN
  is_locked := breath.count_attempt(p_email_index);
  account := breath.enter_by_address(p_email_index);
  SELECT l.password_hash INTO password_hash FROM breath.logins AS l WHERE l.account_id = account;
END
$$;

-- The password was right: the device joins, unless the password was changed meanwhile; then there is no tenant.
CREATE FUNCTION breath.complete_login(
  p_account uuid, p_email_index bytea, p_password_hash text, p_stronger_hash text, p_device uuid, p_secret_hash bytea,
  p_name text, p_time_zone text, p_refresh_session uuid, OUT tenant uuid, OUT generation integer
)
LANGUAGE plpgsql
AS $$
BEGIN
  PERFORM set_config('breath.account', p_account::text, true);
  PERFORM FROM breath.accounts AS a WHERE a.account_id = p_account FOR NO KEY UPDATE;
  PERFORM FROM breath.logins AS l
  WHERE l.account_id = p_account AND l.password_hash IN (p_password_hash, p_stronger_hash);
  IF NOT FOUND THEN
    RETURN;
  END IF;
  IF p_stronger_hash IS NOT NULL THEN
    UPDATE breath.logins AS l SET password_hash = p_stronger_hash WHERE l.account_id = p_account;
  END IF;
  DELETE FROM breath.login_attempts WHERE subject = p_email_index;
  SELECT j.tenant, j.generation INTO tenant, generation
  FROM breath.join_device(p_account, p_device, p_secret_hash, p_name, p_time_zone, p_refresh_session) AS j;
END
$$;

-- A code works once, for the device that comes with it first; that one may repeat itself. Not subject to lockouts, nor
-- counted: nobody guesses 98 bits, and who was locked out by somebody else gets in with it.
CREATE FUNCTION breath.login_by_recovery(
  p_email_index bytea, p_code_hash bytea, p_device uuid, p_secret_hash bytea, p_name text, p_time_zone text,
  p_refresh_session uuid, OUT account uuid, OUT tenant uuid, OUT generation integer
)
LANGUAGE plpgsql
AS $$
BEGIN
  account := breath.enter_by_address(p_email_index);
  -- Looked at before anything is locked: a lock is written, and so a wrong code would take longer than an unknown address.
  PERFORM FROM breath.recovery_codes AS c WHERE c.account_id = account AND c.code_hash = p_code_hash;
  IF NOT FOUND THEN
    account := NULL;
    RETURN;
  END IF;
  PERFORM FROM breath.accounts AS a WHERE a.account_id = account FOR NO KEY UPDATE;
  UPDATE breath.recovery_codes AS c SET used_at = now(), used_by = p_device
  WHERE c.account_id = account AND c.code_hash = p_code_hash AND (c.used_at IS NULL OR c.used_by = p_device);
  IF NOT FOUND THEN
    account := NULL;
    RETURN;
  END IF;
  DELETE FROM breath.login_attempts WHERE subject = p_email_index;
  SELECT j.tenant, j.generation INTO tenant, generation
  FROM breath.join_device(account, p_device, p_secret_hash, p_name, p_time_zone, p_refresh_session) AS j;
END
$$;

-- The account's data key as it is stored: the one offered, unless there is one already.
CREATE FUNCTION breath.account_key(p_account uuid, p_wrapped bytea, OUT wrapped bytea)
LANGUAGE plpgsql
AS $$
BEGIN
  INSERT INTO breath.account_keys (account_id, wrapped) VALUES (p_account, p_wrapped) ON CONFLICT DO NOTHING;
  SELECT k.wrapped INTO wrapped FROM breath.account_keys AS k WHERE k.account_id = p_account;
END
$$;

-- An account says that an address is its own. The same work whether somebody has the address or not: the mail that goes
-- there says which, and only the one that proves it holds the token.
CREATE FUNCTION breath.claim_address(
  p_account uuid, p_token_hash bytea, p_email_index bytea, p_email bytea, p_password_hash text, p_expires_at timestamptz,
  p_mail uuid, p_wrapped_key bytea, p_if_free bytea, p_if_taken bytea
) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  is_taken boolean := EXISTS (SELECT FROM breath.login_addresses AS a WHERE a.email_index = p_email_index);
BEGIN
  INSERT INTO breath.email_claims (account_id, token_hash, email_index, email, password_hash, expires_at)
  VALUES (p_account, p_token_hash, p_email_index, p_email, p_password_hash, p_expires_at)
  ON CONFLICT (account_id) DO UPDATE SET
    token_hash = excluded.token_hash, email_index = excluded.email_index, email = excluded.email,
    password_hash = excluded.password_hash, expires_at = excluded.expires_at;
  INSERT INTO breath.outbox (account_id, mail_id, kind, wrapped_key, payload, expires_at)
  VALUES (
    p_account, p_mail, CASE WHEN is_taken THEN 'address_taken' ELSE 'confirm_address' END, p_wrapped_key,
    CASE WHEN is_taken THEN p_if_taken ELSE p_if_free END, p_expires_at)
  ON CONFLICT DO NOTHING;
END
$$;

-- The token came back to the account that asked for it: `confirmed`, `taken` when another was faster, or `invalid`.
CREATE FUNCTION breath.confirm_address(p_account uuid, p_token_hash bytea, OUT outcome text)
LANGUAGE plpgsql
AS $$
DECLARE
  claim breath.email_claims;
BEGIN
  IF EXISTS (SELECT FROM breath.logins AS l WHERE l.account_id = p_account AND l.confirmed_by = p_token_hash) THEN
    outcome := 'confirmed';
    RETURN;
  END IF;
  DELETE FROM breath.email_claims AS c
  WHERE c.account_id = p_account AND c.token_hash = p_token_hash AND c.expires_at > now()
  RETURNING * INTO claim;
  IF NOT FOUND THEN
    outcome := 'invalid';
    RETURN;
  END IF;
  INSERT INTO breath.login_addresses (email_index, account_id) VALUES (claim.email_index, p_account)
  ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN
    outcome := 'taken';
    RETURN;
  END IF;
  INSERT INTO breath.logins (account_id, email, password_hash, confirmed_by)
  VALUES (p_account, claim.email, claim.password_hash, p_token_hash);
  outcome := 'confirmed';
END
$$;

-- Ends what these devices have of sessions, their access tokens included. Their secrets still let them in.
CREATE FUNCTION breath.end_sessions(p_account uuid, p_devices uuid[], p_reason text) RETURNS void
LANGUAGE sql
AS $$
  UPDATE breath.refresh_sessions SET ended_at = now(), end_reason = p_reason
  WHERE account_id = p_account AND device_id = ANY (p_devices) AND ended_at IS NULL;
  UPDATE breath.devices SET token_generation = token_generation + 1
  WHERE account_id = p_account AND device_id = ANY (p_devices)
$$;

CREATE FUNCTION breath.other_devices(p_account uuid, p_device uuid) RETURNS uuid[]
LANGUAGE sql STABLE
AS $$
  SELECT array(
    SELECT d.device_id FROM breath.devices d WHERE d.account_id = p_account AND d.device_id IS DISTINCT FROM p_device)
$$;

-- Signs devices out for good: not even their secrets let them in. The others hear of it. What they practised stays.
CREATE FUNCTION breath.revoke_devices(p_account uuid, p_devices uuid[]) RETURNS bigint
LANGUAGE sql
AS $$
  SELECT breath.end_sessions(p_account, p_devices, 'revoked');
  WITH head AS (
    SELECT a.version FROM breath.accounts a WHERE a.account_id = p_account
  ), revoked AS (
    UPDATE breath.devices d SET revoked_at = now(), version = head.version + n.place
    FROM head, (
      SELECT device_id, row_number() OVER (ORDER BY device_id) AS place FROM breath.devices
      WHERE account_id = p_account AND device_id = ANY (p_devices) AND revoked_at IS NULL
    ) AS n
    WHERE d.account_id = p_account AND d.device_id = n.device_id
    RETURNING 1
  ), moved AS (
    UPDATE breath.accounts SET version = version + (SELECT count(*) FROM revoked)
    WHERE account_id = p_account AND EXISTS (SELECT FROM revoked)
  )
  SELECT count(*) FROM revoked
$$;

-- What a fresh proof of identity is compared with; the attempt counts.
CREATE FUNCTION breath.begin_proof(
  p_account uuid, p_device uuid, p_subject bytea, OUT password_hash text, OUT secret_hash bytea, OUT is_locked boolean
)
LANGUAGE plpgsql
AS $$
BEGIN
  is_locked := breath.count_attempt(p_subject);
  SELECT l.password_hash INTO password_hash FROM breath.logins AS l WHERE l.account_id = p_account;
  SELECT c.secret_hash INTO secret_hash FROM breath.device_credentials AS c
  WHERE c.device_id = p_device AND c.account_id = p_account;
END
$$;

-- Somebody forgot a password. Counted by address, so that nobody's mailbox is filled; the count is written whether
-- there is such an account or not.
CREATE FUNCTION breath.request_reset(
  p_subject bytea, p_email_index bytea, p_token_hash bytea, p_expires_at timestamptz, p_mail uuid, p_wrapped_key bytea,
  p_payload bytea
) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  is_locked boolean := breath.count_attempt(p_subject);
  account uuid := breath.enter_by_address(p_email_index);
BEGIN
  IF is_locked OR account IS NULL THEN
    RETURN;
  END IF;
  INSERT INTO breath.password_resets (account_id, token_hash, expires_at) VALUES (account, p_token_hash, p_expires_at)
  ON CONFLICT (account_id) DO UPDATE SET token_hash = excluded.token_hash, expires_at = excluded.expires_at;
  INSERT INTO breath.outbox (account_id, mail_id, kind, wrapped_key, payload, expires_at)
  VALUES (account, p_mail, 'reset_password', p_wrapped_key, p_payload, p_expires_at)
  ON CONFLICT DO NOTHING;
END
$$;

CREATE FUNCTION breath.is_reset_open(p_email_index bytea, p_token_hash bytea, OUT is_open boolean)
LANGUAGE plpgsql
AS $$
DECLARE
  account uuid := breath.enter_by_address(p_email_index);
BEGIN
  is_open := EXISTS (
    SELECT FROM breath.password_resets AS r
    WHERE r.account_id = account AND r.token_hash = p_token_hash AND r.expires_at > now());
END
$$;

-- Sets the password by a mailed token, once, and ends every session. The same hash again is the same call again.
CREATE FUNCTION breath.reset_password(
  p_subject bytea, p_email_index bytea, p_token_hash bytea, p_password_hash text, p_mail uuid, p_wrapped_key bytea,
  p_payload bytea, OUT is_done boolean
)
LANGUAGE plpgsql
AS $$
DECLARE
  account uuid := breath.enter_by_address(p_email_index);
BEGIN
  PERFORM FROM breath.accounts AS a WHERE a.account_id = account FOR NO KEY UPDATE;
  is_done := EXISTS (
    SELECT FROM breath.logins AS l WHERE l.account_id = account AND l.password_hash = p_password_hash);
  IF is_done THEN
    RETURN;
  END IF;
  DELETE FROM breath.password_resets AS r
  WHERE r.account_id = account AND r.token_hash = p_token_hash AND r.expires_at > now();
  is_done := FOUND;
  IF is_done THEN
    PERFORM breath.set_password(account, NULL, p_password_hash, p_mail, p_wrapped_key, p_payload);
    DELETE FROM breath.login_attempts WHERE subject IN (p_subject, p_email_index);
  END IF;
END
$$;

-- A new password ends the sessions of all devices but the one that sets it, takes back every other way to set one, and
-- its owner is told.
CREATE FUNCTION breath.set_password(
  p_account uuid, p_device uuid, p_password_hash text, p_mail uuid, p_wrapped_key bytea, p_payload bytea
) RETURNS void
LANGUAGE sql
AS $$
  UPDATE breath.logins SET password_hash = p_password_hash, password_changed_at = now() WHERE account_id = p_account;
  DELETE FROM breath.password_resets WHERE account_id = p_account;
  SELECT breath.end_sessions(p_account, breath.other_devices(p_account, p_device), 'password');
  INSERT INTO breath.outbox (account_id, mail_id, kind, wrapped_key, payload, expires_at)
  VALUES (p_account, p_mail, 'password_changed', p_wrapped_key, p_payload, now() + interval '7 days')
  ON CONFLICT DO NOTHING
$$;

-- Sets the password for who proved to be the owner: by the password that is compared here once more, or by a recovery
-- code, which is used up.
CREATE FUNCTION breath.change_password(
  p_account uuid, p_device uuid, p_subject bytea, p_proven_hash text, p_code_hash bytea, p_password_hash text, p_mail uuid,
  p_wrapped_key bytea, p_payload bytea, OUT is_done boolean
)
LANGUAGE plpgsql
AS $$
DECLARE
  current_hash text := (SELECT l.password_hash FROM breath.logins AS l WHERE l.account_id = p_account);
BEGIN
  is_done := current_hash = p_password_hash;
  IF is_done THEN
    RETURN;
  END IF;
  IF p_code_hash IS NULL THEN
    is_done := coalesce(current_hash = p_proven_hash, false);
  ELSE
    UPDATE breath.recovery_codes AS c SET used_at = now()
    WHERE c.account_id = p_account AND c.code_hash = p_code_hash AND c.used_at IS NULL AND current_hash IS NOT NULL;
    is_done := FOUND;
  END IF;
  IF is_done THEN
    PERFORM breath.set_password(p_account, p_device, p_password_hash, p_mail, p_wrapped_key, p_payload);
    DELETE FROM breath.login_attempts WHERE subject = p_subject;
  END IF;
END
$$;

-- New recovery codes in place of all there were.
CREATE FUNCTION breath.replace_recovery_codes(p_account uuid, p_subject bytea, p_code_hashes bytea[]) RETURNS void
LANGUAGE sql
AS $$
  DELETE FROM breath.login_attempts WHERE subject = p_subject;
  DELETE FROM breath.recovery_codes WHERE account_id = p_account;
  INSERT INTO breath.recovery_codes (account_id, code_hash) SELECT p_account, unnest(p_code_hashes)
$$;

REVOKE ALL ON FUNCTION
  breath.count_attempt, breath.enter_by_address, breath.begin_login, breath.complete_login, breath.login_by_recovery,
  breath.account_key, breath.claim_address, breath.confirm_address, breath.end_sessions, breath.other_devices,
  breath.revoke_devices, breath.begin_proof, breath.request_reset, breath.is_reset_open, breath.reset_password,
  breath.set_password, breath.change_password, breath.replace_recovery_codes FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
  breath.count_attempt, breath.enter_by_address, breath.begin_login, breath.complete_login, breath.login_by_recovery,
  breath.account_key, breath.claim_address, breath.confirm_address, breath.end_sessions, breath.other_devices,
  breath.revoke_devices, breath.begin_proof, breath.request_reset, breath.is_reset_open, breath.reset_password,
  breath.set_password, breath.change_password, breath.replace_recovery_codes TO breath_auth;

-- What `breath outbox` does, across accounts. A mail that is taken is left alone for a while: a minute, then twice as long
-- each time; who takes it and does not say that it went out has failed.
RESET ROLE;
CREATE FUNCTION breath.take_mails(p_count integer)
RETURNS TABLE (
  mail_id uuid, account_id uuid, kind text, wrapped_key bytea, payload bytea, account_key bytea, email bytea, created_at timestamptz,
  attempts integer
)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  UPDATE breath.outbox o SET attempts = o.attempts + 1,
    next_attempt_at = now() + interval '1 minute' * 2 ^ least(o.attempts, 6)
  FROM (
    SELECT n.account_id, n.mail_id FROM breath.outbox n
    WHERE n.sent_at IS NULL AND n.next_attempt_at <= now() AND n.expires_at > now()
    ORDER BY n.created_at LIMIT p_count
    FOR UPDATE SKIP LOCKED
  ) AS due
  LEFT JOIN breath.account_keys k ON k.account_id = due.account_id
  LEFT JOIN breath.logins l ON l.account_id = due.account_id
  WHERE o.account_id = due.account_id AND o.mail_id = due.mail_id
  RETURNING o.mail_id, o.account_id, o.kind, o.wrapped_key, o.payload, k.wrapped, l.email, o.created_at, o.attempts
$$;

CREATE FUNCTION breath.note_mail_sent(p_account uuid, p_mail uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  UPDATE breath.outbox SET sent_at = now(), wrapped_key = NULL, payload = NULL
  WHERE account_id = p_account AND mail_id = p_mail AND sent_at IS NULL
$$;

-- Nightly: what has expired, and what was counted long ago.
CREATE FUNCTION breath.remove_old_logins(batch integer) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  WITH claims AS (
    DELETE FROM breath.email_claims WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM breath.email_claims WHERE expires_at < now() - interval '1 day' LIMIT batch))
    RETURNING 1
  ), resets AS (
    DELETE FROM breath.password_resets WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM breath.password_resets WHERE expires_at < now() - interval '1 day' LIMIT batch))
    RETURNING 1
  ), attempts AS (
    DELETE FROM breath.login_attempts WHERE subject = ANY (ARRAY(
      SELECT subject FROM breath.login_attempts WHERE attempted_at < now() - interval '2 days' LIMIT batch))
    RETURNING 1
  ), mails AS (
    DELETE FROM breath.outbox WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM breath.outbox WHERE expires_at < now() - interval '7 days' LIMIT batch))
    RETURNING 1
  )
  SELECT (SELECT count(*) FROM claims) + (SELECT count(*) FROM resets) + (SELECT count(*) FROM attempts)
    + (SELECT count(*) FROM mails)
$$;

GRANT SELECT, DELETE ON breath.email_claims, breath.password_resets, breath.login_attempts TO breath_maintenance;
GRANT SELECT, UPDATE, DELETE ON breath.outbox TO breath_maintenance;
GRANT SELECT ON breath.account_keys TO breath_maintenance;
GRANT SELECT (account_id, email) ON breath.logins TO breath_maintenance;
GRANT CREATE ON SCHEMA breath TO breath_maintenance;
ALTER FUNCTION breath.take_mails OWNER TO breath_maintenance;
ALTER FUNCTION breath.note_mail_sent OWNER TO breath_maintenance;
ALTER FUNCTION breath.remove_old_logins OWNER TO breath_maintenance;
REVOKE CREATE ON SCHEMA breath FROM breath_maintenance;
REVOKE ALL ON FUNCTION breath.take_mails, breath.note_mail_sent, breath.remove_old_logins FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.take_mails, breath.note_mail_sent TO breath_auth;
GRANT EXECUTE ON FUNCTION breath.remove_old_logins TO breath_admin;
