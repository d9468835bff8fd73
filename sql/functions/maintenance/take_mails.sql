SET LOCAL ROLE breath_maintenance;

-- Takes mails that wait to be sent, so that no other worker does. Whoever came back meanwhile is not told that the
-- account would be erased.
CREATE OR REPLACE FUNCTION breath.take_mails(p_count integer)
RETURNS TABLE (
  mail_id uuid, account_id uuid, kind text, wrapped_key bytea, payload bytea, account_key bytea, email bytea,
  created_at timestamptz, attempts integer
)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  UPDATE breath.outbox o SET attempts = o.attempts + 1,
    next_attempt_at = now() + interval '1 minute' * 2 ^ least(o.attempts, 6)
  FROM (
    SELECT n.account_id, n.mail_id FROM breath.outbox n
    WHERE n.sent_at IS NULL AND n.next_attempt_at <= now() AND n.expires_at > now()
      AND (n.kind NOT IN ('erasure_in_a_month', 'erasure_in_a_week') OR EXISTS (
        SELECT FROM breath.accounts a
        WHERE a.account_id = n.account_id AND a.last_seen_on < n.created_at::date))
    ORDER BY n.created_at LIMIT p_count
    FOR UPDATE SKIP LOCKED
  ) AS due
  LEFT JOIN breath.account_keys k ON k.account_id = due.account_id
  LEFT JOIN breath.logins l ON l.account_id = due.account_id
  WHERE o.account_id = due.account_id AND o.mail_id = due.mail_id
  RETURNING o.mail_id, o.account_id, o.kind, o.wrapped_key, o.payload, k.wrapped, l.email, o.created_at, o.attempts
$$;
REVOKE ALL ON FUNCTION breath.take_mails FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.take_mails TO breath_auth;
