-- Signs in with a recovery code. A code works once, for the device that comes with it first; that one may repeat
-- itself. Not subject to lockouts, nor counted: nobody guesses 98 bits, and whoever was locked out by somebody else
-- gets in with it. It forgets no count of wrong passwords, for a machine could show it again and again. Where a second
-- factor is on, a code alone is not enough and is not used up: there is an account, and no tenant.
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
REVOKE ALL ON FUNCTION breath.login_by_recovery FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.login_by_recovery TO breath_auth;
