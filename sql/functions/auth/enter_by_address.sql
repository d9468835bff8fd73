-- Enters the account of an address. NULL for an address that nobody has; then nothing is entered.
CREATE OR REPLACE FUNCTION breath.enter_by_address(p_email_index bytea, OUT account uuid)
LANGUAGE plpgsql
AS $$
BEGIN
  SELECT a.account_id INTO account FROM breath.login_addresses AS a WHERE a.email_index = p_email_index;
  PERFORM set_config('breath.account', coalesce(account::text, ''), true);
END
$$;
REVOKE ALL ON FUNCTION breath.enter_by_address FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.enter_by_address TO breath_auth;
