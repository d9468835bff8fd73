import Foundation
import Postgres
import Testing

/// Nobody sees what is not theirs, even when the code asks for it.
@Suite struct RowSecurityTests {
  /// Tables without personal data. Any other table must be protected, also one that is new.
  private static let impersonal: Set<String> = [
    "tenants", "incarnations", "rate_limits", "erased", "login_attempts", "wrong_codes", "time_zone_aliases",
  ]

  @Test func `every table with personal data has row-level security, forced, and a policy`() throws {
    let unprotected = try Database.texts(
      """
      SELECT c.relname AS value FROM pg_class c
      WHERE c.relnamespace = 'breath'::regnamespace AND c.relkind IN ('r', 'p')
        AND NOT (c.relrowsecurity AND c.relforcerowsecurity
          AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid))
      """)
    #expect(Set(unprotected) == RowSecurityTests.impersonal)
    let personal = try Database.texts(
      """
      SELECT table_name::text AS value FROM information_schema.columns
      WHERE table_schema = 'breath' AND column_name IN ('account_id', 'device_id')
      """)
    #expect(RowSecurityTests.impersonal.isDisjoint(with: personal))
  }

  /// The only policies that let a role see all rows are those that look-ups, retention, merges and backups need.
  @Test func `no policy but the known ones shows more than the account entered`() throws {
    let open = try Database.texts(
      """
      SELECT p.polname || ' ' || array_to_string(p.polroles::regrole[], ',') AS value FROM pg_policy p
      WHERE pg_get_expr(p.polqual, p.polrelid) NOT LIKE '%current_setting(''breath.account''%'
      """)
    let others = Set(open).subtracting([
      "device_credentials_of_auth breath_auth", "pairing_codes_of_auth breath_auth",
      "login_addresses_of_auth breath_auth",
      "device_grants_of_auth breath_auth", "identities_of_auth breath_auth", "sign_ins_of_auth breath_auth",
      // The one share whose id is entered.
      "shares_asked breath_stats",
      // The one key whose hash is shown.
      "api_keys_shown breath_stats",
    ])
    let known = ["_of_maintenance breath_maintenance", "_of_merge breath_merge", "_of_dump breath_dump"]
    #expect(others.allSatisfy { policy in known.contains { policy.hasSuffix($0) } }, "\(others)")
  }

  /// A statement that names its account compares it with the one entered before it reads a row; a subselect would be a plan
  /// of its own in each statement (docs/decisions/0042).
  @Test func `no policy has a subselect`() throws {
    let found = try Database.texts(
      """
      SELECT p.polname::text AS value FROM pg_policy p
      WHERE concat(pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)) LIKE '%SELECT%'
      """)
    #expect(found == [])
  }

  private static let reads: [(role: String, tables: [(String, SQL)])] = [
    (
      "sync",
      [
        ("accounts", "SELECT account_id FROM breath.accounts"), ("devices", "SELECT account_id FROM breath.devices"),
        ("consents", "SELECT account_id FROM breath.consents"), ("sessions", "SELECT account_id FROM breath.sessions"),
        ("day_totals", "SELECT account_id FROM breath.day_totals"),
        ("settings", "SELECT account_id FROM breath.settings"),
        ("tombstones", "SELECT account_id FROM breath.tombstones"),
        ("folded_days", "SELECT account_id FROM breath.folded_days"),
        ("push_ledger", "SELECT account_id FROM breath.push_ledger"),
      ]
    ),
    (
      "stats",
      [
        ("accounts", "SELECT account_id FROM breath.accounts"), ("devices", "SELECT account_id FROM breath.devices"),
        ("day_totals", "SELECT account_id FROM breath.day_totals"),
        ("sessions", "SELECT account_id FROM breath.sessions"), ("plans", "SELECT account_id FROM breath.plans"),
        ("challenge_claims", "SELECT account_id FROM breath.challenge_claims"),
        ("shares", "SELECT account_id FROM breath.shares"),
      ]
    ),
    (
      "auth",
      [
        ("accounts", "SELECT account_id FROM breath.accounts"), ("devices", "SELECT account_id FROM breath.devices"),
        ("refresh_sessions", "SELECT account_id FROM breath.refresh_sessions"),
        ("account_keys", "SELECT account_id FROM breath.account_keys"),
        ("logins", "SELECT account_id FROM breath.logins"),
        ("consents", "SELECT account_id FROM breath.consents"),
        ("email_claims", "SELECT account_id FROM breath.email_claims"),
        ("password_resets", "SELECT account_id FROM breath.password_resets"),
        ("recovery_codes", "SELECT account_id FROM breath.recovery_codes"),
        ("second_factors", "SELECT account_id FROM breath.second_factors"),
        ("merges", "SELECT account_id FROM breath.merges"), ("admins", "SELECT account_id FROM breath.admins"),
      ]
    ),
  ]

  @Test(arguments: ["sync", "stats", "auth"])
  func `a role sees nothing without an account, its own rows with one, and never another's`(role: String) throws {
    let (mine, other) = (try FilledAccount(), try FilledAccount())
    let connection = try Database.connect(role)
    for (table, select) in try #require(RowSecurityTests.reads.first { $0.role == role }).tables {
      #expect(try connection.rows(select).isEmpty, "\(table) without an account")
      let entered = try connection.pipeline([mine.enter, select])[1]
      let seen = try Set(entered.map { row in try row["account_id"] as UUID })
      #expect(seen == [mine.account], "\(table)")
      let byID = try connection.pipeline([mine.enter, "\(select) WHERE account_id = \(other.account)"])[1]
      #expect(byID.isEmpty, "\(table) of another, asked for by id")
      #expect(try connection.rows(select).isEmpty, "\(table) after the transaction")
    }
  }

  @Test func `rows of another account are neither changed nor made`() throws {
    let (mine, other) = (try FilledAccount(), try FilledAccount())
    let sync = try Database.connect("sync")
    let changed = try sync.pipeline([
      mine.enter, "UPDATE breath.accounts SET version = 99 WHERE account_id = \(other.account)",
      "DELETE FROM breath.sessions WHERE account_id = \(other.account)",
      "UPDATE breath.day_totals SET reported_xp = 9 WHERE account_id = \(other.account)",
    ])
    #expect(changed.dropFirst().map(\.affected) == [0, 0, 0])
    for statement in [
      """
      INSERT INTO breath.consents (account_id, device_id, subject, choice)
      VALUES (\(other.account), \(other.device), 'detail', 'sessions')
      """,
      "UPDATE breath.devices SET account_id = \(other.account) WHERE account_id = \(mine.account)",
    ] as [SQL] {
      let error = #expect(throws: PostgresError.self) { try sync.pipeline([mine.enter, statement]) }
      #expect(error?.sqlState == "42501")
    }
  }

  /// A token names its tenant; who enrols, signs in or shows a key knows none.
  @Test(arguments: ["sync", "stats", "auth"])
  func `an account is seen in its own tenant, and where none is entered`(role: String) throws {
    let mine = try FilledAccount()
    let connection = try Database.connect(role)
    func seen(in tenant: String) throws -> Int {
      try connection.pipeline([mine.enter, RowSecurityTests.enter(tenant), "SELECT FROM breath.accounts"])[2].count
    }
    #expect(try seen(in: RowSecurityTests.tenant) == 1)
    #expect(try seen(in: "") == 1)
    #expect(try seen(in: UUID().uuidString) == 0)
  }

  @Test func `an account does not leave the tenant that is entered`() throws {
    let mine = try FilledAccount()
    let sync = try Database.connect("sync")
    let error = #expect(throws: PostgresError.self) {
      try sync.pipeline([
        mine.enter, RowSecurityTests.enter(RowSecurityTests.tenant),
        "UPDATE breath.accounts SET tenant_id = gen_random_uuid() WHERE account_id = \(mine.account)",
      ])
    }
    #expect(error?.sqlState == "42501")
  }

  private static let tenant = "00000000-0000-4000-8000-000000000001"

  private static func enter(_ tenant: String) -> SQL { "SELECT set_config('breath.tenant', \(tenant), true)" }

  @Test func `the owner is bound as well`() throws {
    _ = try FilledAccount()
    let results = try Database.connect().pipeline([
      "SET LOCAL ROLE breath_owner", "SELECT FROM breath.accounts", "SELECT FROM breath.sessions",
      "SELECT FROM breath.device_credentials",
    ])
    #expect(results.dropFirst().map(\.count) == [0, 0, 0])
  }

  @Test(arguments: ["", "x", "00000000-0000-0000-0000-000000000000"])
  func `a setting that names no account shows nothing`(account: String) throws {
    let sync = try Database.connect("sync")
    let pipeline: [SQL] = [
      "SELECT set_config('breath.account', \(account), true)", "SELECT FROM breath.sessions",
    ]
    if account == "x" {
      #expect(throws: PostgresError.self) { try sync.pipeline(pipeline) }
    } else {
      #expect(try sync.pipeline(pipeline)[1].isEmpty)
    }
  }
}
