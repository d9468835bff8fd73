SET LOCAL ROLE breath_owner;

-- Whoever owns the address hears when a second factor is turned on or off, as of a changed password.
ALTER TABLE breath.outbox DROP CONSTRAINT outbox_kind_known;
ALTER TABLE breath.outbox ADD CONSTRAINT outbox_kind_known CHECK (
  kind IN (
    'confirm_address', 'address_taken', 'reset_password', 'password_changed', 'second_factor_on', 'second_factor_off'));

-- In a flight that holds the account: turns the factor on by a code of this step, which auth compared with this secret. The
-- same code again is the same call again, and tells nobody anew.
CREATE FUNCTION breath.confirm_second_factor(
  p_account uuid, p_device uuid, p_secret bytea, p_step bigint, p_mail uuid, p_wrapped_key bytea, p_payload bytea,
  OUT is_done boolean
)
LANGUAGE plpgsql
AS $$
DECLARE
  was_on CONSTANT boolean := EXISTS (
    SELECT FROM breath.second_factors f WHERE f.account_id = p_account AND f.confirmed_at IS NOT NULL);
BEGIN
  UPDATE breath.second_factors AS f SET
    confirmed_at = coalesce(f.confirmed_at, now()), last_step = p_step, last_used_by = p_device
  WHERE f.account_id = p_account AND f.secret = p_secret AND (f.confirmed_at IS NULL OR f.last_step = p_step);
  is_done := FOUND;
  IF is_done AND NOT was_on THEN
    INSERT INTO breath.outbox (account_id, mail_id, kind, wrapped_key, payload, expires_at)
    VALUES (p_account, p_mail, 'second_factor_on', p_wrapped_key, p_payload, now() + interval '7 days')
    ON CONFLICT DO NOTHING;
  END IF;
END
$$;

-- As remove_second_factor (0021), and tells the owner, unless none was on.
CREATE FUNCTION breath.turn_off_second_factor(
  p_account uuid, p_subject bytea, p_secret bytea, p_step bigint, p_code_hash bytea, p_mail uuid, p_wrapped_key bytea,
  p_payload bytea, OUT is_done boolean
)
LANGUAGE plpgsql
AS $$
DECLARE
  was_on CONSTANT boolean := EXISTS (
    SELECT FROM breath.second_factors f WHERE f.account_id = p_account AND f.confirmed_at IS NOT NULL);
BEGIN
  is_done := breath.remove_second_factor(p_account, p_subject, p_secret, p_step, p_code_hash);
  IF is_done AND was_on THEN
    INSERT INTO breath.outbox (account_id, mail_id, kind, wrapped_key, payload, expires_at)
    VALUES (p_account, p_mail, 'second_factor_off', p_wrapped_key, p_payload, now() + interval '7 days')
    ON CONFLICT DO NOTHING;
  END IF;
END
$$;

REVOKE ALL ON FUNCTION breath.confirm_second_factor, breath.turn_off_second_factor FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.confirm_second_factor, breath.turn_off_second_factor TO breath_auth;
