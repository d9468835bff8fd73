package import FoundationEssentials
package import Postgres

/// Which life of the data this is. Cursors name theirs, so after a restore every device is told to compare.
package struct Incarnation: Sendable {
  package let id: UUID
  /// 1 for a database that was never restored.
  package let number: Int

  /// Begins another one. Whatever the clock of this server says, it is the latest.
  /// - Parameters:
  ///   - url: the administrator's.
  ///   - reason: for whoever looks later.
  package static func begin(url: String, caCertificate: String?, reason: String) throws(PostgresError) -> Incarnation {
    let connection = try Connection(
      PostgresConfiguration(
        url: url, caCertificate: caCertificate, applicationName: "breath-restored", connectTimeout: .seconds(10)))
    let results = try connection.flight([
      "SET LOCAL ROLE breath_owner",
      """
      INSERT INTO breath.incarnations (begun_at, reason)
      SELECT greatest(clock_timestamp(), max(begun_at) + interval '1 millisecond'), \(reason) FROM breath.incarnations
      RETURNING incarnation, (SELECT count(*) FROM breath.incarnations) + 1 AS number
      """,
    ])
    return Incarnation(id: try results[1][0]["incarnation"], number: try results[1][0]["number"])
  }
}
