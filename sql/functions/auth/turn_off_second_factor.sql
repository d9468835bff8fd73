-- Turns a second factor off and tells the owner, unless none was on.
CREATE OR REPLACE FUNCTION breath.turn_off_second_factor(
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
REVOKE ALL ON FUNCTION breath.turn_off_second_factor FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.turn_off_second_factor TO breath_auth;
