import Backend
import BreathDomain
package import FoundationEssentials
import Postgres

/// Recomputes what is stored from the events, account by account, and rebuilds what differs.
package struct Doctor {
  private let connection: Connection

  /// - Parameter url: the administrator's, as for migrations.
  package init(url: String, caCertificate: String?) throws {
    connection = try Connection(
      PostgresConfiguration(
        url: url, caCertificate: caCertificate, applicationName: "breath-doctor", connectTimeout: .seconds(10)))
  }

  /// All there are, in no order that means anything.
  package func accounts() throws -> [UUID] {
    try connection.transaction { connection in
      // Row-level security binds an administrator who is no superuser; this role may see ids and nothing else.
      let (_, accounts) = try connection.run(
        Pipeline("SET LOCAL ROLE breath_maintenance"),
        Pipeline("SELECT account_id FROM breath.accounts ORDER BY account_id", each: { try $0["account_id"] as UUID }))
      return accounts
    }
  }

  /// - Returns: nil when there is no such account.
  package func examine(_ account: UUID) throws -> [Difference]? {
    try connection.transaction("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY") { connection in
      try StoredAccount(account, from: connection).map { Examination($0).differences }
    }
  }

  /// Rebuilds what follows from the events, in one transaction that nobody can write the account during.
  /// - Returns: what it differed in before.
  package func repair(_ account: UUID) throws -> [Difference]? {
    try connection.transaction { connection in
      _ = try connection.pipeline([
        "SELECT set_config('breath.account', \(account.lowercased), true)",
        "SELECT FROM breath.accounts WHERE account_id = \(account) FOR NO KEY UPDATE",
      ])
      guard let found = try StoredAccount(account, from: connection) else { return nil }
      let differences = Examination(found).differences
      guard let stored = try found.withVersionRoom(account, connection) else { return nil }
      if !differences.isEmpty {
        _ = try connection.pipeline(Repair(account, stored, Examination(stored)).statements)
      }
      return differences
    }
  }
}
