-- Queues a mail about an event to the account's own address, to be sent within seven days.
CREATE OR REPLACE FUNCTION breath.tell_owner(
  p_account uuid, p_kind text, p_mail uuid, p_wrapped_key bytea, p_payload bytea
) RETURNS void
LANGUAGE sql
AS $$
  INSERT INTO breath.outbox (account_id, mail_id, kind, wrapped_key, payload, expires_at)
  VALUES (p_account, p_mail, p_kind, p_wrapped_key, p_payload, now() + interval '7 days')
  ON CONFLICT DO NOTHING
$$;
REVOKE ALL ON FUNCTION breath.tell_owner FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.tell_owner TO breath_auth;
