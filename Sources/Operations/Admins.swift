package import FoundationEssentials
package import Postgres

/// Whose accounts are administrators', for the operator.
package struct Admins {
  package enum Addition: String, Sendable {
    case added, unchanged
    case noAccount = "no account"
    /// Nobody could be asked for its password.
    case noLogin = "no login"
  }

  private let connection: Connection

  /// - Parameter url: the operator's own, as for migrations.
  package init(url: String, caCertificate: String?) throws(PostgresError) {
    connection = try Connection(
      PostgresConfiguration(
        url: url, caCertificate: caCertificate, applicationName: "breath-admins", connectTimeout: .seconds(10)))
  }

  package func add(_ account: UUID) throws -> Addition {
    let outcome: String = try asOwner("SELECT outcome FROM breath.add_admin(\(account))").only["outcome"]
    guard let addition = Addition(rawValue: outcome) else { throw UnknownOutcome(outcome: outcome) }
    return addition
  }

  /// - Returns: false when it was none.
  package func remove(_ account: UUID) throws -> Bool {
    try asOwner("SELECT is_done FROM breath.remove_admin(\(account))").only["is_done"]
  }

  /// The oldest first.
  package func all() throws -> [(account: UUID, since: Date)] {
    let results = try connection.pipeline([
      // Row-level security binds an operator who is no superuser; this role may see all of this table.
      "SET LOCAL ROLE breath_maintenance",
      "SELECT account_id, added_at FROM breath.admins ORDER BY added_at, account_id",
    ])
    return try results[1].map { row in (try row["account_id"], try row["added_at"]) }
  }

  private struct UnknownOutcome: Error { let outcome: String }

  private func asOwner(_ statement: SQL) throws -> ResultSet {
    try connection.pipeline(["SET LOCAL ROLE breath_owner", statement])[1]
  }
}
