-- What each role may do with tables. What it may call stands with each function. Whatever is not listed is taken back.
SET LOCAL ROLE breath_owner;
GRANT USAGE ON SCHEMA breath TO breath_sync, breath_stats, breath_auth, breath_admin, breath_merge, breath_maintenance,
  breath_dump;
REVOKE ALL ON ALL TABLES IN SCHEMA breath
  FROM PUBLIC, breath_sync, breath_stats, breath_auth, breath_admin, breath_merge, breath_maintenance, breath_dump;

-- Sync: stores and reads practice.
GRANT SELECT ON breath.api_keys, breath.erased, breath.incarnations, breath.plans, breath.time_zone_aliases TO
  breath_sync;
GRANT SELECT, INSERT ON breath.consents, breath.push_ledger TO breath_sync;
GRANT SELECT, UPDATE ON breath.accounts TO breath_sync;
GRANT SELECT, INSERT, UPDATE ON breath.day_totals, breath.devices, breath.rate_limits, breath.settings,
  breath.tombstones TO breath_sync;
GRANT SELECT, INSERT, UPDATE, DELETE ON breath.folded_days, breath.sessions TO breath_sync;
GRANT UPDATE (last_used_on) ON breath.api_keys TO breath_sync;
GRANT SELECT (account_id, local_date, challenge, xp, claimed_at) ON breath.challenge_claims TO breath_sync;
GRANT SELECT (account_id, share_id, content, name, created_at) ON breath.shares TO breath_sync;

-- Stats: reads practice; goals, challenges and shares are its writes.
GRANT SELECT ON breath.accounts, breath.api_keys, breath.day_totals, breath.devices, breath.erased,
  breath.incarnations, breath.sessions, breath.time_zone_aliases TO breath_stats;
GRANT SELECT, INSERT ON breath.challenge_claims TO breath_stats;
GRANT SELECT, INSERT, DELETE ON breath.shares TO breath_stats;
GRANT SELECT, INSERT, UPDATE ON breath.plans, breath.rate_limits TO breath_stats;
GRANT UPDATE (version, last_seen_on, week_start, awarded_xp) ON breath.accounts TO breath_stats;
GRANT UPDATE (last_used_on) ON breath.api_keys TO breath_stats;

-- Auth: devices, sessions, sign-ins, pairing.
GRANT INSERT ON breath.outbox, breath.push_ledger TO breath_auth;
GRANT SELECT (account_id, entry) ON breath.push_ledger TO breath_auth;
GRANT SELECT ON breath.admins, breath.consents, breath.erased, breath.merges, breath.tenants, breath.time_zone_aliases
  TO breath_auth;
GRANT SELECT, INSERT ON breath.account_keys, breath.api_keys, breath.device_credentials, breath.identities,
  breath.login_addresses TO breath_auth;
GRANT SELECT, INSERT, DELETE ON breath.sign_ins TO breath_auth;
GRANT SELECT, INSERT, UPDATE ON breath.accounts, breath.device_grants, breath.devices, breath.logins,
  breath.rate_limits, breath.refresh_sessions, breath.wrong_codes TO breath_auth;
GRANT SELECT, INSERT, UPDATE, DELETE ON breath.email_claims, breath.login_attempts, breath.pairing_codes,
  breath.password_resets, breath.recovery_codes, breath.second_factors TO breath_auth;

-- Administration: what it reads of accounts it reads through functions; a refused call is counted by itself.
GRANT SELECT, INSERT, UPDATE ON breath.rate_limits TO breath_admin;

-- Functions that work on two accounts at once.
GRANT SELECT ON breath.plans, breath.time_zone_aliases TO breath_merge;
GRANT SELECT, UPDATE ON breath.accounts, breath.device_credentials, breath.pairing_codes, breath.push_ledger,
  breath.refresh_sessions, breath.shares TO breath_merge;
GRANT SELECT, INSERT, UPDATE ON breath.consents, breath.merges TO breath_merge;
GRANT SELECT, INSERT, UPDATE, DELETE ON breath.challenge_claims, breath.day_totals, breath.devices,
  breath.folded_days, breath.sessions, breath.settings, breath.tombstones TO breath_merge;
GRANT SELECT (account_id) ON breath.identities TO breath_merge;
GRANT SELECT (account_id) ON breath.logins TO breath_merge;

-- Functions that remove what has expired, erase accounts and hand out mails.
GRANT DELETE ON breath.accounts, breath.day_totals, breath.sessions, breath.settings, breath.tombstones TO
  breath_maintenance;
GRANT SELECT ON breath.account_keys, breath.admins TO breath_maintenance;
GRANT SELECT, DELETE ON breath.consents, breath.device_grants, breath.email_claims, breath.login_attempts,
  breath.pairing_codes, breath.password_resets, breath.push_ledger, breath.rate_limits, breath.refresh_sessions,
  breath.sign_ins, breath.wrong_codes TO breath_maintenance;
GRANT SELECT, INSERT ON breath.erased TO breath_maintenance;
GRANT SELECT, INSERT, UPDATE, DELETE ON breath.outbox TO breath_maintenance;
GRANT SELECT (account_id, last_seen_on) ON breath.accounts TO breath_maintenance;
GRANT UPDATE (last_seen_on) ON breath.accounts TO breath_maintenance;
GRANT SELECT (account_id) ON breath.day_totals TO breath_maintenance;
GRANT SELECT (account_id, device_id) ON breath.devices TO breath_maintenance;
GRANT SELECT (account_id) ON breath.identities TO breath_maintenance;
GRANT SELECT (account_id, email) ON breath.logins TO breath_maintenance;
GRANT SELECT (account_id) ON breath.sessions TO breath_maintenance;
GRANT SELECT (account_id) ON breath.settings TO breath_maintenance;
GRANT SELECT (account_id) ON breath.tombstones TO breath_maintenance;

-- Backups: everything, also what later migrations make.
GRANT SELECT ON ALL TABLES IN SCHEMA breath TO breath_dump;
GRANT SELECT ON ALL SEQUENCES IN SCHEMA breath TO breath_dump;
ALTER DEFAULT PRIVILEGES IN SCHEMA breath GRANT SELECT ON TABLES TO breath_dump;
ALTER DEFAULT PRIVILEGES IN SCHEMA breath GRANT SELECT ON SEQUENCES TO breath_dump;

-- The schema's own history: readiness is told by it (`GET /v1/admin/readyz`).
RESET ROLE;
GRANT USAGE ON SCHEMA breath_meta TO breath_admin, breath_dump;
GRANT SELECT ON breath_meta.migrations, breath_meta.definition_sets TO breath_admin;
GRANT SELECT ON ALL TABLES IN SCHEMA breath_meta TO breath_dump;
