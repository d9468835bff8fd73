import Foundation
import Postgres
import TestSupport
import Testing

/// Sessions on the test database, by who one is.
enum Database {
  /// - Parameters:
  ///   - role: `sync`, `stats`, `auth` or `admin`; nil for the superuser.
  ///   - direct: past the pooler, for who needs the server session itself, or keeps a transaction open.
  static func connect(_ role: String? = nil, direct: Bool = false) throws -> Connection {
    guard let role else { return try connect(url: TestEnvironment.value("BREATH_TEST_DATABASE_URL")) }
    if direct, let url = ProcessInfo.processInfo.environment["BREATH_TEST_DIRECT_URL_\(role.uppercased())"] {
      return try connect(url: url)
    }
    return try connect(
      url: TestEnvironment.value("DATABASE_URL_\(role.uppercased())"),
      usesTransactionPooler: TestEnvironment.value("DATABASE_POOLER") == "transaction")
  }

  static func connect(url: String, usesTransactionPooler: Bool = false) throws -> Connection {
    try Connection(
      PostgresConfiguration(
        url: url, usesTransactionPooler: usesTransactionPooler, applicationName: "breath-backend-tests",
        connectTimeout: .seconds(30)))
  }

  /// The column `value` of each row, as the superuser sees it.
  static func texts(_ sql: SQL) throws -> [String] {
    try connect().rows(sql).map { row in try row["value"] }
  }

  static let root = Repository.folder
}

/// An account with one row in every table, made by the superuser, whom row-level security does not bind.
struct FilledAccount {
  let account = UUID(), device = UUID(), session = UUID()

  init() throws {
    _ = try Database.connect().pipeline([
      "INSERT INTO breath.accounts (account_id, version) VALUES (\(account), 3)",
      """
      INSERT INTO breath.devices (account_id, device_id, version, name, time_zone)
      VALUES (\(account), \(device), 1, 'laptop', 'UTC')
      """,
      "INSERT INTO breath.consents (account_id, device_id, subject, choice) VALUES (\(account), \(device), 'detail', 'days')",
      """
      INSERT INTO breath.sessions (account_id, device_id, session_id, version, local_date, local_minute, started_at,
        facts, cycles, counted_ms, xp, flags, hash_high, hash_low)
      VALUES (\(account), \(device), 's', 2, '2025-08-27', 0, now(), '', 0, 0, 0, 0, 0, 0)
      """,
      """
      INSERT INTO breath.day_totals (account_id, local_date, device_id, version)
      VALUES (\(account), '2025-08-27', \(device), 3)
      """,
      """
      INSERT INTO breath.settings (account_id, module, key, device_id, version, value, stated_at, changed_at)
      VALUES (\(account), 'breathing', 'pattern', \(device), 4, '"chill"', now(), now())
      """,
      "INSERT INTO breath.plans (account_id, from_date, version, rest_days) VALUES (\(account), '2025-08-27', 1, 0)",
      """
      INSERT INTO breath.challenge_claims (account_id, local_date, challenge, xp)
      VALUES (\(account), '2025-08-27', 'x', 5)
      """,
      """
      INSERT INTO breath.shares (account_id, share_id, content)
      VALUES (\(account), gen_random_uuid(), ARRAY['level'])
      """,
      """
      INSERT INTO breath.tombstones (account_id, hash_high, hash_low, version, device_id, session_id, deleted_by)
      VALUES (\(account), 1, 2, 5, \(device), 's', \(device))
      """,
      """
      INSERT INTO breath.folded_days (account_id, device_id, local_date, session_keys, active_ms, cycles, xp)
      VALUES (\(account), \(device), '2025-08-27', '{1}', 1, 1, 1)
      """,
      """
      INSERT INTO breath.push_ledger (account_id, device_id, request_id, kind, stored, duplicate, rejected)
      VALUES (\(account), \(device), 'r', 'sessions', 0, 0, 0)
      """,
      """
      INSERT INTO breath.device_credentials (device_id, account_id, secret_hash)
      VALUES (\(device), \(account), decode(repeat('00', 32), 'hex'))
      """,
      "INSERT INTO breath.refresh_sessions (account_id, session_id, device_id) VALUES (\(account), \(session), \(device))",
      "INSERT INTO breath.account_keys (account_id, wrapped) VALUES (\(account), '\\x01')",
      """
      INSERT INTO breath.logins (account_id, email, password_hash, confirmed_by)
      VALUES (\(account), '\\x01', '$scrypt$', '\\x01')
      """,
      """
      INSERT INTO breath.login_addresses (email_index, account_id)
      VALUES (sha256(uuid_send(\(account))), \(account))
      """,
      """
      INSERT INTO breath.email_claims (account_id, token_hash, email_index, email, password_hash, expires_at)
      VALUES (\(account), '\\x01', '\\x01', '\\x01', '$scrypt$', now())
      """,
      "INSERT INTO breath.password_resets (account_id, token_hash, expires_at) VALUES (\(account), '\\x01', now())",
      "INSERT INTO breath.recovery_codes (account_id, code_hash) VALUES (\(account), '\\x01')",
      "INSERT INTO breath.second_factors (account_id, secret) VALUES (\(account), '\\x01')",
      "INSERT INTO breath.admins (account_id) VALUES (\(account))",
      """
      INSERT INTO breath.outbox (account_id, mail_id, kind, expires_at)
      VALUES (\(account), \(session), 'password_changed', now())
      """,
      """
      INSERT INTO breath.pairing_codes (code_hash, account_id, device_id, expires_at)
      VALUES (decode(md5(\("\(account)")) || md5('x'), 'hex'), \(account), \(device), now())
      """,
      """
      INSERT INTO breath.merges (account_id, source, source_detail, devices, redeemed_by)
      VALUES (\(account), \(account), 'days', ARRAY[\(device)], \(device))
      """,
    ])
  }

  /// Row-level security shows this account until the transaction ends.
  var enter: SQL { "SELECT set_config('breath.account', \("\(account)"), true)" }
}
