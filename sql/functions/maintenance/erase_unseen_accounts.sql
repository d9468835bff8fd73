SET LOCAL ROLE breath_maintenance;

-- Retention: erases accounts that no device has used for 24 months and that nobody can sign in to but their machines;
-- accounts with an address only when both mails went out, a month and a week ago, and nobody came. An administrator's
-- account, and one that only a provider signs in to, stays. Rows are locked while they are judged: whoever comes at
-- this moment keeps the account. A device of an erased account may come back and send all it has: nothing remembers it.
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
REVOKE ALL ON FUNCTION breath.erase_unseen_accounts FROM PUBLIC;
GRANT EXECUTE ON FUNCTION breath.erase_unseen_accounts TO breath_admin;
