package import FoundationEssentials
package import Postgres

/// Whose accounts are administrators', for the operator.
package struct Admins {
  package enum Addition: String, CaseIterable, PostgresDecodable, Sendable {
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
    try asOwner(Pipeline("SELECT outcome FROM breath.add_admin(\(account))", row: { try $0["outcome"] }))
  }

  /// - Returns: false when it was none.
  package func remove(_ account: UUID) throws -> Bool {
    try asOwner(Pipeline("SELECT is_done FROM breath.remove_admin(\(account))", row: { try $0["is_done"] }))
  }

  /// The oldest first.
  package func all() throws -> [(account: UUID, since: Date)] {
    // Row-level security binds an operator who is no superuser; this role may see all of this table.
    let (_, admins) = try connection.run(
      Pipeline("SET LOCAL ROLE breath_maintenance"),
      Pipeline(
        "SELECT account_id, added_at FROM breath.admins ORDER BY added_at, account_id",
        each: { (account: try $0["account_id"] as UUID, since: try $0["added_at"] as Date) }))
    return admins
  }

  private func asOwner<Answer>(_ part: Pipeline<Answer>) throws -> Answer {
    let (_, answer) = try connection.run(Pipeline("SET LOCAL ROLE breath_owner"), part)
    return answer
  }
}
