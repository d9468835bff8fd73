-- As replace_recovery_codes, for those who may have a second factor on: new codes would be a way around it.
CREATE OR REPLACE FUNCTION breath.renew_recovery_codes(
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
REVOKE ALL ON FUNCTION breath.renew_recovery_codes FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.renew_recovery_codes TO breath_auth;
