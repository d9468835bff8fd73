-- Uses up a code of the second factor: that of a step, which auth compared with this secret, or a recovery code. The
-- row count decides. True where no second factor is on. A right code forgets the wrong ones of its kind; this is the
-- one place that does.
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
REVOKE ALL ON FUNCTION breath.use_second_factor FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.use_second_factor TO breath_auth;
