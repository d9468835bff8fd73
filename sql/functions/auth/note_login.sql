-- Notes when an account first got a way to sign in.
CREATE OR REPLACE FUNCTION breath.note_login() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
  UPDATE breath.accounts SET login_since = now() WHERE account_id = NEW.account_id AND login_since IS NULL;
  RETURN NEW;
END
$$;
REVOKE ALL ON FUNCTION breath.note_login FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.note_login TO breath_auth;

CREATE OR REPLACE TRIGGER identities_note_login AFTER INSERT ON breath.identities
  FOR EACH ROW EXECUTE FUNCTION breath.note_login();
CREATE OR REPLACE TRIGGER logins_note_login AFTER INSERT ON breath.logins
  FOR EACH ROW EXECUTE FUNCTION breath.note_login();
