SET LOCAL ROLE breath_maintenance;

-- Asks the owners of addresses: a month before their account would be erased, and a week before, once each since they
-- were last seen. What such a mail says is no secret and needs no key, so it has no content of its own.
CREATE OR REPLACE FUNCTION breath.warn_unseen_accounts(batch integer) RETURNS bigint
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
REVOKE ALL ON FUNCTION breath.warn_unseen_accounts FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.warn_unseen_accounts TO breath_admin;
