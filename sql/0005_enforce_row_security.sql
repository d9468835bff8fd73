SET LOCAL ROLE breath_owner;

-- The second fence (the first is account_id in every statement): without set_config('breath.account', …, true) in
-- the same transaction nobody sees a row, the owner included. After such a transaction the setting reads '' rather
-- than NULL, hence nullif; the subselect lets the planner evaluate it once (RELIABILITY 3.4).
DO $$
DECLARE
  table_name text;
BEGIN
  FOREACH table_name IN ARRAY ARRAY[
    'accounts', 'devices', 'consents', 'sessions', 'day_totals', 'settings', 'push_ledger', 'refresh_sessions'
  ] LOOP
    EXECUTE format('ALTER TABLE breath.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', table_name);
    EXECUTE format(
      'CREATE POLICY %I ON breath.%I
         USING (account_id = (SELECT nullif(current_setting(''breath.account'', true), '''')::uuid))
         WITH CHECK (account_id = (SELECT nullif(current_setting(''breath.account'', true), '''')::uuid))',
      table_name || '_of_account', table_name);
  END LOOP;

  -- Which account is meant is what these two are asked for, so only the function that asks may read them.
  FOREACH table_name IN ARRAY ARRAY['device_credentials', 'pairing_codes'] LOOP
    EXECUTE format('ALTER TABLE breath.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', table_name);
    EXECUTE format(
      'CREATE POLICY %I ON breath.%I TO breath_auth USING (true) WITH CHECK (true)',
      table_name || '_of_auth', table_name);
  END LOOP;
END
$$;

GRANT SELECT ON breath.incarnations TO breath_sync, breath_stats;
GRANT SELECT, INSERT, UPDATE ON breath.rate_limits TO breath_sync, breath_stats, breath_auth;

GRANT SELECT, UPDATE ON breath.accounts, breath.devices TO breath_sync;
GRANT SELECT, INSERT ON breath.consents TO breath_sync;
GRANT SELECT, INSERT, UPDATE ON breath.sessions, breath.day_totals, breath.settings TO breath_sync;
GRANT DELETE ON breath.sessions TO breath_sync;
GRANT SELECT, INSERT ON breath.push_ledger TO breath_sync;

GRANT SELECT ON breath.accounts, breath.devices, breath.day_totals TO breath_stats;

GRANT SELECT ON breath.tenants TO breath_auth;
GRANT SELECT, INSERT, UPDATE ON breath.accounts, breath.devices TO breath_auth;
GRANT SELECT, INSERT ON breath.device_credentials TO breath_auth;
GRANT SELECT, INSERT, UPDATE ON breath.refresh_sessions, breath.pairing_codes TO breath_auth;
