SET LOCAL ROLE breath_owner;

-- Retention asks before it erases what somebody can still sign in to (docs/identity.md, "Accounts nobody uses").

-- As in 0015; any call makes the account seen, with one write a day.
CREATE OR REPLACE FUNCTION breath.begin_request(
  p_account uuid, p_device uuid, p_generation integer, p_writes boolean, p_limit_key bytea,
  p_interval_ms double precision, p_burst integer, OUT remaining integer, OUT reset_ms bigint
)
LANGUAGE plpgsql
AS $$
DECLARE
  is_first_today boolean;
BEGIN
  PERFORM set_config('breath.account', p_account::text, true);
  SELECT a.remaining, a.reset_ms INTO remaining, reset_ms
  FROM breath.admit(p_limit_key, p_interval_ms, p_burst) AS a;
  IF p_writes THEN
    PERFORM FROM breath.accounts WHERE account_id = p_account FOR NO KEY UPDATE;
  END IF;
  SELECT a.last_seen_on < current_date INTO is_first_today
  FROM breath.devices d JOIN breath.accounts a ON a.account_id = d.account_id
  WHERE d.account_id = p_account AND d.device_id = p_device AND d.revoked_at IS NULL
    AND d.token_generation = p_generation;
  IF NOT FOUND THEN
    PERFORM breath.refuse_erased(p_account);
    IF EXISTS (SELECT FROM breath.accounts WHERE account_id = p_account AND merged_into IS NOT NULL)
      OR EXISTS (
        SELECT FROM breath.devices WHERE account_id = p_account AND device_id = p_device AND left_at IS NOT NULL)
    THEN
      RAISE EXCEPTION 'account moved' USING ERRCODE = 'BM401';
    END IF;
    RAISE EXCEPTION 'device revoked' USING ERRCODE = 'BM401';
  END IF;
  IF is_first_today THEN
    PERFORM breath.note_presence(p_account);
  END IF;
END
$$;

GRANT UPDATE (last_seen_on) ON breath.accounts TO breath_maintenance;
GRANT SELECT (account_id) ON breath.identities TO breath_maintenance;
GRANT INSERT ON breath.outbox TO breath_maintenance;
RESET ROLE;

-- Asks the owners of addresses: a month before their account would be erased, and a week before, once each since they
-- were last seen. What such a mail says is no secret and needs no key, so it has no content of its own.
CREATE FUNCTION breath.warn_unseen_accounts(batch integer) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  WITH due AS (
    SELECT a.account_id,
      CASE WHEN month.mail_id IS NULL THEN 'erasure_in_a_month' ELSE 'erasure_in_a_week' END AS kind
    FROM breath.accounts a
    JOIN breath.logins l ON l.account_id = a.account_id
    LEFT JOIN breath.outbox month ON month.account_id = a.account_id AND month.kind = 'erasure_in_a_month'
      AND month.created_at::date > a.last_seen_on
    LEFT JOIN breath.outbox week ON week.account_id = a.account_id AND week.kind = 'erasure_in_a_week'
      AND week.created_at::date > a.last_seen_on
    WHERE a.last_seen_on < current_date - interval '23 months' AND week.mail_id IS NULL
      AND NOT EXISTS (SELECT FROM breath.admins m WHERE m.account_id = a.account_id)
      AND (month.mail_id IS NULL OR (
        month.sent_at < now() - interval '23 days'
        AND a.last_seen_on < current_date + interval '7 days' - interval '24 months'))
    LIMIT batch
  ), told AS (
    INSERT INTO breath.outbox (account_id, mail_id, kind, expires_at)
    SELECT account_id, gen_random_uuid(), kind, now() + interval '90 days' FROM due
    RETURNING 1
  )
  SELECT count(*) FROM told
$$;

-- Retention: as in 0013, of accounts that nobody can sign in to but their machines; of others only when both mails went
-- out, a month and a week ago, and nobody came. An administrator's, and one that only a provider signs in to, stays.
-- Rows are locked while they are judged: who comes at this moment keeps the account.
CREATE OR REPLACE FUNCTION breath.erase_unseen_accounts(batch integer) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT breath.delete_account_rows(ARRAY(
    SELECT a.account_id FROM breath.accounts a
    WHERE a.last_seen_on < current_date - interval '24 months'
      AND NOT EXISTS (SELECT FROM breath.admins m WHERE m.account_id = a.account_id)
      AND CASE WHEN EXISTS (SELECT FROM breath.logins l WHERE l.account_id = a.account_id) THEN
          EXISTS (
            SELECT FROM breath.outbox o WHERE o.account_id = a.account_id AND o.kind = 'erasure_in_a_month'
              AND o.created_at::date > a.last_seen_on AND o.sent_at < now() - interval '30 days')
          AND EXISTS (
            SELECT FROM breath.outbox o WHERE o.account_id = a.account_id AND o.kind = 'erasure_in_a_week'
              AND o.created_at::date > a.last_seen_on AND o.sent_at < now() - interval '7 days')
        ELSE NOT EXISTS (SELECT FROM breath.identities i WHERE i.account_id = a.account_id) END
    LIMIT batch
    FOR NO KEY UPDATE SKIP LOCKED))
$$;

-- As in 0014; whoever came back meanwhile is not told that the account would be erased.
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

GRANT CREATE ON SCHEMA breath TO breath_maintenance;
ALTER FUNCTION breath.warn_unseen_accounts OWNER TO breath_maintenance;
REVOKE CREATE ON SCHEMA breath FROM breath_maintenance;
REVOKE ALL ON FUNCTION breath.warn_unseen_accounts FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.warn_unseen_accounts TO breath_admin;
