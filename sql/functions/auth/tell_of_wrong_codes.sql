-- Enters an account and queues a mail to its owner: somebody who knows the password tries codes.
CREATE OR REPLACE FUNCTION breath.tell_of_wrong_codes(p_account uuid, p_mail uuid, p_wrapped_key bytea, p_payload bytea)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
  PERFORM set_config('breath.account', p_account::text, true);
  PERFORM breath.tell_owner(p_account, 'codes_tried', p_mail, p_wrapped_key, p_payload);
END
$$;
REVOKE ALL ON FUNCTION breath.tell_of_wrong_codes FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.tell_of_wrong_codes TO breath_auth;
