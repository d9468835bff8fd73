SET LOCAL ROLE breath_owner;

-- A second factor beside the password (RFC 6238, docs/identity.md): a secret shared with an app on a phone, sealed with the
-- account's data key. It is asked for from the moment it is confirmed.
CREATE TABLE breath.second_factors (
  account_id uuid PRIMARY KEY REFERENCES breath.accounts ON DELETE CASCADE,
  secret bytea NOT NULL,
  confirmed_at timestamptz,
  -- The newest step whose code was used, and by whom: that device may repeat itself, because the reply may have been lost.
  last_step bigint NOT NULL DEFAULT 0,
  last_used_by uuid
);
ALTER TABLE breath.second_factors ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY second_factors_of_account ON breath.second_factors
  USING (account_id = (SELECT nullif(current_setting('breath.account', true), '')::uuid))
  WITH CHECK (account_id = (SELECT nullif(current_setting('breath.account', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON breath.second_factors TO breath_auth;

-- Uses up a code: that of a step, which auth compared with this secret, or a recovery code. The row count decides. Who has
-- no second factor on needs none.
CREATE FUNCTION breath.use_second_factor(
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
END
$$;

-- As in 0014, with the second factor. Without one in the call an account that has it on is refused.
DROP FUNCTION breath.complete_login(uuid, bytea, text, text, uuid, bytea, text, text, uuid);
CREATE FUNCTION breath.complete_login(
  p_account uuid, p_email_index bytea, p_password_hash text, p_stronger_hash text, p_device uuid, p_secret_hash bytea,
  p_name text, p_time_zone text, p_refresh_session uuid, p_factor bytea DEFAULT NULL, p_step bigint DEFAULT NULL,
  p_code_hash bytea DEFAULT NULL, OUT tenant uuid, OUT generation integer
)
LANGUAGE plpgsql
AS $$
BEGIN
  PERFORM set_config('breath.account', p_account::text, true);
  PERFORM FROM breath.accounts AS a WHERE a.account_id = p_account FOR NO KEY UPDATE;
  PERFORM FROM breath.logins AS l
  WHERE l.account_id = p_account AND l.password_hash IN (p_password_hash, p_stronger_hash);
  IF NOT FOUND OR NOT breath.use_second_factor(p_account, p_device, p_factor, p_step, p_code_hash) THEN
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

-- As in 0014. Where a second factor is on, a code alone is not enough, and is not used up: there is an account, and no tenant.
CREATE OR REPLACE FUNCTION breath.login_by_recovery(
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
  DELETE FROM breath.login_attempts WHERE subject = p_email_index;
  SELECT j.tenant, j.generation INTO tenant, generation
  FROM breath.join_device(account, p_device, p_secret_hash, p_name, p_time_zone, p_refresh_session) AS j;
END
$$;

-- Turns a second factor off, in a flight that holds the account. Nobody may repeat this code: without the factor there is
-- nothing to repeat.
CREATE FUNCTION breath.remove_second_factor(
  p_account uuid, p_subject bytea, p_secret bytea, p_step bigint, p_code_hash bytea, OUT is_done boolean
)
LANGUAGE plpgsql
AS $$
BEGIN
  is_done := breath.use_second_factor(p_account, NULL, p_secret, p_step, p_code_hash);
  IF is_done THEN
    DELETE FROM breath.second_factors AS f WHERE f.account_id = p_account;
    DELETE FROM breath.login_attempts WHERE subject = p_subject;
  END IF;
END
$$;

-- As replace_recovery_codes (0014), for who may have a second factor: new codes would be a way around it.
CREATE FUNCTION breath.renew_recovery_codes(
  p_account uuid, p_device uuid, p_subject bytea, p_code_hashes bytea[], p_secret bytea, p_step bigint,
  OUT is_done boolean
)
LANGUAGE plpgsql
AS $$
BEGIN
  is_done := breath.use_second_factor(p_account, p_device, p_secret, p_step, NULL);
  IF is_done THEN
    PERFORM breath.replace_recovery_codes(p_account, p_subject, p_code_hashes);
  END IF;
END
$$;

REVOKE ALL ON FUNCTION
  breath.use_second_factor, breath.complete_login, breath.remove_second_factor, breath.renew_recovery_codes FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
  breath.use_second_factor, breath.complete_login, breath.remove_second_factor, breath.renew_recovery_codes
  TO breath_auth;
