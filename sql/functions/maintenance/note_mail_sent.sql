SET LOCAL ROLE breath_maintenance;

-- Notes that a mail was delivered, and drops its content.
CREATE OR REPLACE FUNCTION breath.note_mail_sent(p_account uuid, p_mail uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  UPDATE breath.outbox SET sent_at = now(), wrapped_key = NULL, payload = NULL
  WHERE account_id = p_account AND mail_id = p_mail AND sent_at IS NULL
$$;
REVOKE ALL ON FUNCTION breath.note_mail_sent FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.note_mail_sent TO breath_auth;
