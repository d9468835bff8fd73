-- In a pipeline that holds the account: turns the factor on by a code of this step, which auth compared with this
-- secret. The same code again is the same call again, and tells nobody anew.
CREATE OR REPLACE FUNCTION breath.confirm_second_factor(
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
REVOKE ALL ON FUNCTION breath.confirm_second_factor FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.confirm_second_factor TO breath_auth;
