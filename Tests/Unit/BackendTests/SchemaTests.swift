import Backend
import Outbox
import Postgres
import Testing

/// Rules of the schema that later migrations must keep.
@Suite struct SchemaTests {
  /// So that the data can be spread by that column (docs/design/README.md, "Boundaries"). A table or an index that does not
  /// is listed here with its reason.
  @Test func `every key begins with the account, or stands here with its reason`() throws {
    let strangers = try Database.texts(
      """
      SELECT c.relname || ' ' || i.indexrelid::regclass AS value
      FROM pg_index i
      JOIN pg_class c ON c.oid = i.indrelid
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
      WHERE c.relnamespace = 'breath'::regnamespace AND a.attname <> 'account_id'
      """)
    #expect(
      Set(strangers) == [
        // Asked before the account is known, by what a caller shows: a device, an address, an identity, a code, a state.
        "device_credentials breath.device_credentials_pkey", "login_addresses breath.login_addresses_pkey",
        "identities breath.identities_pkey", "pairing_codes breath.pairing_codes_pkey",
        "device_grants breath.device_grants_pkey", "device_grants breath.device_grants_user_code",
        "sign_ins breath.sign_ins_pkey", "sign_ins breath.sign_ins_by_device",
        // The same, by an index beside the table's own key: a share's id, and a key in WakaTime's spelling.
        "shares breath.shares_id_unique", "api_keys breath.api_keys_hash",
        // Counted by a hash: of a network, an address, or all together, and of a device beside them (decision 44).
        "rate_limits breath.rate_limits_pkey", "login_attempts breath.login_attempts_pkey",
        "wrong_codes breath.wrong_codes_pkey",
        // Of no account: of the whole database, of accounts that are gone, and what the operator or a migration made.
        "incarnations breath.incarnations_pkey", "tenants breath.tenants_pkey", "tenants breath.tenants_name_unique",
        "erased breath.erased_pkey", "time_zone_aliases breath.time_zone_aliases_pkey",
      ])
    let keyless = try Database.texts(
      """
      SELECT relname AS value FROM pg_class c
      WHERE relnamespace = 'breath'::regnamespace AND relkind IN ('r', 'p')
        AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)
      """)
    #expect(keyless == [])
  }

  @Test func `every kind of mail that may wait is one that has a text, and the other way round`() throws {
    let allowed = try Database.texts(
      "SELECT pg_get_constraintdef(oid) AS value FROM pg_constraint WHERE conname = 'outbox_kind_known'")
    let kinds = allowed.joined().matches(of: /'([a-z_]+)'/).map { String($0.output.1) }
    #expect(kinds.sorted() == Mail.Kind.allCases.map(\.rawValue).sorted())
  }

  @Test(
    arguments: [
      ("accounts_detail_known", "INSERT INTO breath.accounts (account_id, detail) VALUES (gen_random_uuid(), 'all')"),
      (
        "accounts_day_start_within_day",
        "INSERT INTO breath.accounts (account_id, day_start_minutes) VALUES (gen_random_uuid(), 1440)"
      ),
      (
        "devices_name_length",
        """
        INSERT INTO breath.devices (account_id, device_id, version, name, time_zone)
        VALUES (gen_random_uuid(), gen_random_uuid(), 1, '', 'UTC')
        """
      ),
      (
        "sessions_id_length",
        """
        INSERT INTO breath.sessions (account_id, device_id, session_id, version, local_date, local_minute, started_at,
          facts, cycles, counted_ms, xp, flags, hash_high, hash_low)
        VALUES (gen_random_uuid(), gen_random_uuid(), '', 1, '2025-08-27', 0, now(), '', 0, 0, 0, 0, 0, 0)
        """
      ),
      (
        "sessions_counts",
        """
        INSERT INTO breath.sessions (account_id, device_id, session_id, version, local_date, local_minute, started_at,
          facts, cycles, counted_ms, xp, flags, hash_high, hash_low)
        VALUES (gen_random_uuid(), gen_random_uuid(), 'x', 1, '2025-08-27', 0, now(), '', 0, -1, 0, 0, 0, 0)
        """
      ),
      (
        "sessions_facts_size",
        """
        INSERT INTO breath.sessions (account_id, device_id, session_id, version, local_date, local_minute, started_at,
          facts, cycles, counted_ms, xp, flags, hash_high, hash_low)
        VALUES (gen_random_uuid(), gen_random_uuid(), 'x', 1, '2025-08-27', 0, now(), repeat('x', 3000), 0, 0, 0, 0, 0, 0)
        """
      ),
      (
        "sessions_minute_within_day",
        """
        INSERT INTO breath.sessions (account_id, device_id, session_id, version, local_date, local_minute, started_at,
          facts, cycles, counted_ms, xp, flags, hash_high, hash_low)
        VALUES (gen_random_uuid(), gen_random_uuid(), 'x', 1, '2025-08-27', 1440, now(), '', 0, 0, 0, 0, 0, 0)
        """
      ),
      (
        "accounts_week_start_weekday",
        "INSERT INTO breath.accounts (account_id, week_start) VALUES (gen_random_uuid(), 0)"
      ),
      (
        "plans_goals_possible",
        """
        INSERT INTO breath.plans (account_id, from_date, version, daily_minutes, rest_days)
        VALUES (gen_random_uuid(), '2025-08-27', 1, 0, 0)
        """
      ),
      (
        "plans_rest_days_within_week",
        """
        INSERT INTO breath.plans (account_id, from_date, version, rest_days)
        VALUES (gen_random_uuid(), '2025-08-27', 1, 127)
        """
      ),
      (
        "challenge_claims_sizes",
        """
        INSERT INTO breath.challenge_claims (account_id, local_date, challenge, xp)
        VALUES (gen_random_uuid(), '2025-08-27', 'x', 0)
        """
      ),
      (
        "shares_content_known",
        """
        INSERT INTO breath.shares (account_id, share_id, content)
        VALUES (gen_random_uuid(), gen_random_uuid(), ARRAY['address'])
        """
      ),
      (
        "shares_name_length",
        """
        INSERT INTO breath.shares (account_id, share_id, content, name)
        VALUES (gen_random_uuid(), gen_random_uuid(), ARRAY['level'], '')
        """
      ),
      (
        "push_ledger_kind_known",
        """
        INSERT INTO breath.push_ledger (account_id, device_id, request_id, kind, stored, duplicate, rejected)
        VALUES (gen_random_uuid(), gen_random_uuid(), 'r', 'other', 0, 0, 0)
        """
      ),
      ("erased_hash_size", "INSERT INTO breath.erased (id_hash) VALUES ('short')"),
      (
        "settings_module_known",
        """
        INSERT INTO breath.settings (account_id, module, key, device_id, version, value, stated_at, changed_at)
        VALUES (gen_random_uuid(), 'other', 'k', gen_random_uuid(), 1, '1', now(), now())
        """
      ),
      (
        "settings_value_size",
        """
        INSERT INTO breath.settings (account_id, module, key, device_id, version, value, stated_at, changed_at)
        VALUES (gen_random_uuid(), 'display', 'k', gen_random_uuid(), 1, repeat('x', 5000), now(), now())
        """
      ),
      (
        "device_credentials_hash_size",
        """
        INSERT INTO breath.device_credentials (device_id, account_id, secret_hash)
        VALUES (gen_random_uuid(), gen_random_uuid(), '\\x00')
        """
      ),
      (
        "pairing_codes_hash_size",
        """
        INSERT INTO breath.pairing_codes (code_hash, account_id, device_id, expires_at)
        VALUES ('\\x00', gen_random_uuid(), gen_random_uuid(), now())
        """
      ),
      (
        "accounts_alias_length", "INSERT INTO breath.accounts (account_id, alias) VALUES (gen_random_uuid(), '')"
      ),
      (
        "consents_subject_known",
        """
        INSERT INTO breath.consents (account_id, device_id, subject, choice)
        VALUES (gen_random_uuid(), gen_random_uuid(), 'advertising', 'granted')
        """
      ),
      (
        "consents_text_version_form",
        """
        INSERT INTO breath.consents (account_id, device_id, subject, choice, text_version)
        VALUES (gen_random_uuid(), gen_random_uuid(), 'social', 'granted', '')
        """
      ),
      (
        "login_addresses_index_size",
        "INSERT INTO breath.login_addresses (email_index, account_id) VALUES ('\\x00', gen_random_uuid())"
      ),
      (
        "login_attempts_subject_size",
        "INSERT INTO breath.login_attempts (subject, failures, attempted_at) VALUES ('\\x00', 1, now())"
      ),
      (
        "outbox_kind_known",
        """
        INSERT INTO breath.outbox (account_id, mail_id, kind, expires_at)
        VALUES (gen_random_uuid(), gen_random_uuid(), 'newsletter', now())
        """
      ),
      (
        "outbox_sent_is_empty",
        """
        INSERT INTO breath.outbox (account_id, mail_id, kind, expires_at, sent_at, payload)
        VALUES (gen_random_uuid(), gen_random_uuid(), 'reset_password', now(), now(), '\\x00')
        """
      ),
      (
        "api_keys_hash_size",
        """
        INSERT INTO breath.api_keys (account_id, device_id, key_hash, scopes, made_by, expires_at)
        VALUES (gen_random_uuid(), gen_random_uuid(), '\\x00', '{sync}', gen_random_uuid(), now())
        """
      ),
      (
        "api_keys_scopes_known",
        """
        INSERT INTO breath.api_keys (account_id, device_id, key_hash, scopes, made_by, expires_at)
        VALUES (gen_random_uuid(), gen_random_uuid(), sha256(''), '{everything}', gen_random_uuid(), now())
        """
      ),
      (
        "device_grants_hash_sizes",
        """
        INSERT INTO breath.device_grants (
          device_code_hash, user_code_hash, client, network, device_id, secret_hash, name, time_zone, expires_at)
        VALUES ('\\x00', '\\x00', 'c', 'n', gen_random_uuid(), '\\x00', 'd', 'UTC', now())
        """
      ),
      (
        "device_grants_decision_known",
        """
        INSERT INTO breath.device_grants (
          device_code_hash, user_code_hash, client, network, device_id, secret_hash, name, time_zone, expires_at,
          decision, account_id, decided_by)
        VALUES (sha256('1'), sha256('1'), 'c', 'n', gen_random_uuid(), sha256('1'), 'd', 'UTC', now(),
          'maybe', gen_random_uuid(), gen_random_uuid())
        """
      ),
      (
        "device_grants_decided",
        """
        INSERT INTO breath.device_grants (
          device_code_hash, user_code_hash, client, network, device_id, secret_hash, name, time_zone, expires_at, decision)
        VALUES (sha256('1'), sha256('1'), 'c', 'n', gen_random_uuid(), sha256('1'), 'd', 'UTC', now(), 'approve')
        """
      ),
      (
        "identities_not_empty",
        "INSERT INTO breath.identities (issuer, subject, account_id) VALUES ('https://github.com', '', gen_random_uuid())"
      ),
      (
        "sign_ins_hash_sizes",
        """
        INSERT INTO breath.sign_ins (state_hash, issuer, redirect_uri, device_id, secret_hash, merges, expires_at)
        VALUES ('x', 'i', 'r', gen_random_uuid(), 'x', false, now())
        """
      ),
      ("wrong_codes_subject_size", "INSERT INTO breath.wrong_codes (subject, tries, since) VALUES ('x', 1, now())"),
      (
        "time_zone_aliases_lower_case",
        "INSERT INTO breath.time_zone_aliases (alias, name) VALUES ('Europe/Old', 'Europe/New')"
      ),
      ("tenants_name_unique", "INSERT INTO breath.tenants (name) VALUES ('public')"),
    ] as [(String, SQL)])
  func `a rule that is broken is named`(constraint: String, statement: SQL) throws {
    let connection = try Database.connect()
    let error = #expect(throws: PostgresError.self) { try connection.rows(statement) }
    #expect(error?.constraint == constraint && error?.sqlState?.hasPrefix("23") == true)
  }

  @Test func `every rule has a name of its table, and each of ours is tested above`() throws {
    let checks = try Database.texts(
      """
      SELECT conname::text AS value FROM pg_constraint
      WHERE connamespace = 'breath'::regnamespace AND contype = 'c' AND conrelid <> 0
      """)
    #expect(checks.allSatisfy { $0.firstMatch(of: /_check\d*$/) == nil }, "named by PostgreSQL, not by us")
    #expect(
      Set(checks) == [
        "accounts_detail_known", "accounts_day_start_within_day", "devices_name_length", "sessions_id_length",
        "time_zone_aliases_lower_case",
        "sessions_counts", "settings_module_known", "settings_value_size", "device_credentials_hash_size",
        "device_grants_hash_sizes", "device_grants_decision_known", "device_grants_decided", "identities_not_empty",
        "sign_ins_hash_sizes", "wrong_codes_subject_size",
        "pairing_codes_hash_size", "sessions_facts_size", "push_ledger_kind_known", "erased_hash_size",
        "accounts_alias_length", "login_addresses_index_size", "login_attempts_subject_size", "outbox_kind_known",
        "outbox_sent_is_empty",
        "api_keys_hash_size", "api_keys_scopes_known", "consents_subject_known", "consents_text_version_form",
        "sessions_minute_within_day", "accounts_week_start_weekday", "plans_goals_possible",
        "plans_rest_days_within_week", "challenge_claims_sizes", "shares_content_known", "shares_name_length",
      ])
  }

  /// A merge moves devices with all that points at them, and practice by name: a table that is new must be thought of.
  @Test func `every table with an account's rows is one that a merge moves, or has none to move`() throws {
    let tables = try Database.texts(
      """
      SELECT DISTINCT table_name::text AS value FROM information_schema.columns
      WHERE table_schema = 'breath' AND column_name = 'account_id'
      """)
    #expect(
      Set(tables) == [
        "accounts", "devices", "consents", "sessions", "day_totals", "settings", "tombstones", "push_ledger",
        "device_credentials", "refresh_sessions", "pairing_codes", "merges", "device_grants", "identities",
        "api_keys", "account_keys", "logins", "login_addresses", "email_claims", "password_resets", "recovery_codes",
        "outbox", "second_factors", "admins", "folded_days",
        // A plan stays with its account; breath.carry_claims_and_shares copies claims and moves shares.
        "plans", "challenge_claims", "shares",
      ])
  }

  /// Where accounts lie in several databases no statement reaches two of them. A reference stays inside of one account, but
  /// for these.
  @Test func `a foreign key holds the account on both sides`() throws {
    let crossing = try Database.texts(
      """
      SELECT c.conname::text AS value FROM pg_constraint c
      WHERE c.connamespace = 'breath'::regnamespace AND c.contype = 'f' AND NOT (
        'account_id' IN (
          SELECT a.attname FROM pg_attribute a WHERE a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey))
        AND 'account_id' IN (
          SELECT a.attname FROM pg_attribute a WHERE a.attrelid = c.confrelid AND a.attnum = ANY (c.confkey)))
      """)
    #expect(
      Set(crossing) == [
        // A merge is of two accounts.
        "accounts_merged_into", "merges_source",
        // The few tenants are everywhere.
        "accounts_tenant_id_fkey",
      ])
  }

  /// What points at a device follows it to another account by these keys, in a merge. A table that is new is moved by name
  /// (breath.move_devices, breath.unite_device), as practice is: then one sees what a merge does where it does it.
  @Test func `no further foreign key moves rows to another account`() throws {
    let moving = try Database.texts(
      """
      SELECT conname::text AS value FROM pg_constraint
      WHERE connamespace = 'breath'::regnamespace AND contype = 'f'
        AND (confupdtype <> 'a' OR confrelid = 'breath.devices'::regclass)
      """)
    #expect(
      Set(moving) == [
        "api_keys_device", "device_credentials_device", "device_grants_device", "folded_days_device",
        "pairing_codes_device", "refresh_sessions_device", "settings_device",
      ])
  }

  /// A trigger reads and writes rows of its row's own account and no other; one that is new is looked at for that before it
  /// is listed.
  @Test func `no trigger is there but those known to stay in one account`() throws {
    let triggers = try Database.texts(
      """
      SELECT t.tgname::text AS value FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
      WHERE c.relnamespace = 'breath'::regnamespace AND NOT t.tgisinternal
      """)
    #expect(
      Set(triggers) == [
        "accounts_remember_folded_days", "consents_keep_newest", "day_totals_hash_changed", "day_totals_hash_new",
        "devices_forget_folded_days", "identities_note_login", "logins_note_login", "outbox_keep_newest",
        "push_ledger_keep_newest", "push_ledger_number", "refresh_sessions_keep_newest",
        // Reads what was erased, which is of no account, and who has the device now.
        "device_credentials_refuse_erased",
      ])
  }

  /// Else a merge would take an account away from under a person who signs in to it.
  @Test func `whatever lets a person in makes an account not anonymous`() throws {
    let forgotten = try Database.texts(
      """
      SELECT t AS value FROM unnest(ARRAY['logins', 'identities']) t
      WHERE to_regclass('breath.' || t) IS NOT NULL
        AND pg_get_functiondef('breath.is_anonymous'::regproc) NOT LIKE '%breath.' || t || '%'
      """)
    #expect(forgotten == [])
  }

  @Test func `a server-side limit, and how dates are written, stand on every role that logs in`() throws {
    let without = try Database.texts(
      """
      SELECT r.rolname || ' ' || s AS value
      FROM pg_roles r, unnest(
        ARRAY['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'datestyle']) s
      WHERE r.rolname IN ('breath_sync', 'breath_stats', 'breath_auth', 'breath_admin')
        AND NOT EXISTS (SELECT FROM unnest(r.rolconfig) c WHERE lower(c) LIKE s || '=%')
      """)
    #expect(without == [])
  }
}
