-- Which rows a role sees, in tables with row-level security: only those of the account that is entered
-- (`breath.begin_token_request` and its like), but for roles that work before an account is known or on everybody's.
-- Creates what is missing and drops what is not listed. A policy that changes gets another name. None has a subselect,
-- so that a statement that names its account compares the two once, before it reads a row (docs/decisions/0042).
SET LOCAL ROLE breath_owner;

DO $$
DECLARE
  entered CONSTANT text := 'nullif(current_setting(''breath.account'', true), '''')::uuid';
  wanted record;
BEGIN
  CREATE TEMPORARY TABLE wanted_policies ON COMMIT DROP AS
  -- The account that is entered: rows are seen, written and kept in it.
  SELECT name AS table_name, name || '_entered' AS policy,
    format('USING (account_id = %1$s) WITH CHECK (account_id = %1$s)', entered) AS definition
  FROM unnest(ARRAY[
    'account_keys', 'admins', 'api_keys', 'challenge_claims', 'consents', 'day_totals', 'devices', 'email_claims',
    'folded_days', 'logins', 'merges', 'outbox', 'password_resets', 'plans', 'push_ledger',
    'recovery_codes', 'refresh_sessions', 'second_factors', 'sessions', 'settings', 'shares', 'tombstones'
  ]) AS name
  UNION ALL
  -- And of the tenant, where one is entered: a token names its tenant; who enrols, signs in, shows a key or opens a
  -- share knows none.
  SELECT 'accounts', 'accounts_entered', format('USING (%1$s) WITH CHECK (%1$s)', format(
    'account_id = %s AND tenant_id = coalesce(%s, tenant_id)', entered,
    'nullif(current_setting(''breath.tenant'', true), '''')::uuid'))
  UNION ALL
  SELECT 'identities', 'identities_entered', format('FOR SELECT TO breath_owner USING (account_id = %s)', entered)
  UNION ALL
  -- What is looked up before the account is known.
  SELECT name, name || '_of_auth', 'TO breath_auth USING (true) WITH CHECK (true)'
  FROM unnest(ARRAY[
    'device_credentials', 'device_grants', 'identities', 'login_addresses', 'pairing_codes', 'sign_ins'
  ]) AS name
  UNION ALL
  SELECT 'api_keys', 'api_keys_shown',
    'FOR SELECT TO breath_stats
      USING (key_hash = decode(nullif(current_setting(''breath.key'', true), ''''), ''hex''))'
  UNION ALL
  SELECT 'shares', 'shares_asked',
    'FOR SELECT TO breath_stats
      USING (share_id = nullif(current_setting(''breath.share'', true), '''')::uuid)'
  UNION ALL
  -- A merge works on two accounts at once; its role is held by functions alone.
  SELECT name, name || '_of_merge', 'TO breath_merge USING (true)'
  FROM unnest(ARRAY[
    'accounts', 'challenge_claims', 'consents', 'day_totals', 'device_credentials', 'devices', 'identities', 'logins',
    'merges', 'pairing_codes', 'plans', 'push_ledger', 'refresh_sessions', 'sessions', 'settings', 'shares',
    'tombstones'
  ]) AS name
  UNION ALL
  SELECT 'folded_days', 'folded_days_of_merge', 'TO breath_merge USING (true) WITH CHECK (true)'
  UNION ALL
  -- Maintenance works on everybody's rows; its role is held by functions alone.
  SELECT name, name || '_of_maintenance', 'TO breath_maintenance USING (true)'
  FROM unnest(ARRAY[
    'account_keys', 'accounts', 'consents', 'day_totals', 'device_credentials', 'device_grants', 'devices',
    'email_claims', 'identities', 'logins', 'outbox', 'pairing_codes', 'password_resets', 'push_ledger',
    'recovery_codes', 'refresh_sessions', 'sessions', 'settings', 'sign_ins', 'tombstones'
  ]) AS name
  UNION ALL
  SELECT 'admins', 'admins_of_maintenance', 'FOR SELECT TO breath_maintenance USING (true)'
  UNION ALL
  -- A backup is of everything: every table with row-level security (docs/decisions/0037).
  SELECT c.relname, c.relname || '_of_dump', 'FOR SELECT TO breath_dump USING (true)'
  FROM pg_catalog.pg_class c
  WHERE c.relnamespace = 'breath'::regnamespace AND c.relkind IN ('r', 'p') AND c.relrowsecurity;

  FOR wanted IN
    SELECT p.polname AS policy, c.relname AS table_name
    FROM pg_catalog.pg_policy p JOIN pg_catalog.pg_class c ON c.oid = p.polrelid
    WHERE c.relnamespace = 'breath'::regnamespace
      AND NOT EXISTS (SELECT FROM wanted_policies w WHERE w.table_name = c.relname AND w.policy = p.polname)
  LOOP
    EXECUTE format('DROP POLICY %I ON breath.%I', wanted.policy, wanted.table_name);
  END LOOP;
  FOR wanted IN
    SELECT w.* FROM wanted_policies w
    WHERE NOT EXISTS (
      SELECT FROM pg_catalog.pg_policy p
      WHERE p.polrelid = ('breath.' || w.table_name)::regclass AND p.polname = w.policy)
    ORDER BY w.table_name, w.policy
  LOOP
    EXECUTE format('CREATE POLICY %I ON breath.%I %s', wanted.policy, wanted.table_name, wanted.definition);
  END LOOP;
  DROP TABLE wanted_policies;
END
$$;
