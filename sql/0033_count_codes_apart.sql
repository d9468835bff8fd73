SET LOCAL ROLE breath_owner;

-- The codes of a second factor are counted for themselves, by account and kind: a right password forgets what was
-- counted of passwords and nothing else (decision 32). Nothing that a person types is in the subject, so it needs no
-- key.
CREATE FUNCTION breath.code_subject(p_account uuid, p_kind text) RETURNS bytea
LANGUAGE sql STABLE
AS $$ SELECT sha256(uuid_send(p_account) || convert_to(p_kind, 'UTF8')) $$;

-- The password was right that came with this code: its count is forgotten, and the code counted before it is compared.
--   p_kind: 'totp' or 'recovery'.
--   p_password_subject: NULL at a sign-in, where only both together take the count back (complete_login).
CREATE FUNCTION breath.begin_code(
  p_account uuid, p_kind text, p_password_subject bytea, OUT is_locked boolean, OUT failures integer
)
LANGUAGE plpgsql
AS $$
BEGIN
  DELETE FROM breath.login_attempts WHERE subject = p_password_subject;
  is_locked := breath.count_attempt(breath.code_subject(p_account, p_kind));
  SELECT t.failures INTO failures
  FROM breath.login_attempts AS t WHERE t.subject = breath.code_subject(p_account, p_kind);
END
$$;

-- As in 0021; a right code forgets the wrong ones of its kind. This is the one place that does.
CREATE OR REPLACE FUNCTION breath.use_second_factor(
  p_account uuid, p_device uuid, p_secret bytea, p_step bigint, p_code_hash bytea, OUT is_good boolean
)
LANGUAGE plpgsql
AS $$
BEGIN
  PERFORM FROM breath.second_factors AS f WHERE f.account_id = p_account AND f.confirmed_at IS NOT NULL;
  IF NOT FOUND THEN
    is_good := true;
    RETURN;
  END IF;
  IF p_code_hash IS NULL THEN
    UPDATE breath.second_factors AS f SET last_step = p_step, last_used_by = p_device
    WHERE f.account_id = p_account AND f.secret = p_secret
      AND (f.last_step < p_step OR (f.last_step = p_step AND f.last_used_by = p_device));
  ELSE
    UPDATE breath.recovery_codes AS c SET used_at = now(), used_by = p_device
    WHERE c.account_id = p_account AND c.code_hash = p_code_hash AND (c.used_at IS NULL OR c.used_by = p_device);
  END IF;
  is_good := FOUND;
  IF is_good THEN
    DELETE FROM breath.login_attempts
    WHERE subject = breath.code_subject(p_account, CASE WHEN p_code_hash IS NULL THEN 'totp' ELSE 'recovery' END);
  END IF;
END
$$;

-- As in 0021, but for the count of passwords: a code that its machine may show again and again would forget it each
-- time.
CREATE OR REPLACE FUNCTION breath.login_by_recovery(
  p_email_index bytea, p_code_hash bytea, p_device uuid, p_secret_hash bytea, p_name text, p_time_zone text,
  p_refresh_session uuid, OUT account uuid, OUT tenant uuid, OUT generation integer
)
LANGUAGE plpgsql
AS $$
BEGIN
  account := breath.enter_by_address(p_email_index);
  -- Looked at before anything is locked: a lock is written, and a wrong code would take longer than an unknown address.
  PERFORM FROM breath.recovery_codes AS c WHERE c.account_id = account AND c.code_hash = p_code_hash;
  IF NOT FOUND THEN
    account := NULL;
    RETURN;
  END IF;
  PERFORM FROM breath.accounts AS a WHERE a.account_id = account FOR NO KEY UPDATE;
  PERFORM FROM breath.second_factors AS f WHERE f.account_id = account AND f.confirmed_at IS NOT NULL;
  IF FOUND THEN
    RETURN;
  END IF;
  UPDATE breath.recovery_codes AS c SET used_at = now(), used_by = p_device
  WHERE c.account_id = account AND c.code_hash = p_code_hash AND (c.used_at IS NULL OR c.used_by = p_device);
  IF NOT FOUND THEN
    account := NULL;
    RETURN;
  END IF;
  SELECT j.tenant, j.generation INTO tenant, generation
  FROM breath.join_device(account, p_device, p_secret_hash, p_name, p_time_zone, p_refresh_session) AS j;
END
$$;

-- Its owner hears of many wrong codes, and of new recovery codes, which are a way in. The last two are of 0037.
ALTER TABLE breath.outbox DROP CONSTRAINT outbox_kind_known;
ALTER TABLE breath.outbox ADD CONSTRAINT outbox_kind_known CHECK (
  kind IN (
    'confirm_address', 'address_taken', 'reset_password', 'password_changed', 'second_factor_on', 'second_factor_off',
    'codes_tried', 'recovery_codes_made', 'erasure_in_a_month', 'erasure_in_a_week'));

CREATE FUNCTION breath.tell_owner(
  p_account uuid, p_kind text, p_mail uuid, p_wrapped_key bytea, p_payload bytea
) RETURNS void
LANGUAGE sql
AS $$
  INSERT INTO breath.outbox (account_id, mail_id, kind, wrapped_key, payload, expires_at)
  VALUES (p_account, p_mail, p_kind, p_wrapped_key, p_payload, now() + interval '7 days')
  ON CONFLICT DO NOTHING
$$;

-- As in 0021, and tells the owner.
DROP FUNCTION breath.renew_recovery_codes;
CREATE FUNCTION breath.renew_recovery_codes(
  p_account uuid, p_device uuid, p_subject bytea, p_code_hashes bytea[], p_secret bytea, p_step bigint, p_mail uuid,
  p_wrapped_key bytea, p_payload bytea, OUT is_done boolean
)
LANGUAGE plpgsql
AS $$
BEGIN
  is_done := breath.use_second_factor(p_account, p_device, p_secret, p_step, NULL);
  IF is_done THEN
    PERFORM breath.replace_recovery_codes(p_account, p_subject, p_code_hashes);
    PERFORM breath.tell_owner(p_account, 'recovery_codes_made', p_mail, p_wrapped_key, p_payload);
  END IF;
END
$$;

-- Of an account that nobody has entered yet.
CREATE FUNCTION breath.tell_of_wrong_codes(p_account uuid, p_mail uuid, p_wrapped_key bytea, p_payload bytea)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
  PERFORM set_config('breath.account', p_account::text, true);
  PERFORM breath.tell_owner(p_account, 'codes_tried', p_mail, p_wrapped_key, p_payload);
END
$$;

REVOKE ALL ON FUNCTION
  breath.code_subject, breath.begin_code, breath.tell_owner, breath.tell_of_wrong_codes, breath.renew_recovery_codes
  FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
  breath.code_subject, breath.begin_code, breath.tell_owner, breath.tell_of_wrong_codes, breath.renew_recovery_codes
  TO breath_auth;
