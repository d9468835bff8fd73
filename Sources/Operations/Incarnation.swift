package import FoundationEssentials
import FunctionRuntime
import Postgres

/// Which life of the data this is. Cursors name theirs, so after a restore every device is told to compare.
package struct Incarnation: Sendable {
  package let id: UUID
  /// 1 for a database that was never restored.
  package let number: Int

  /// Sessions of the functions on that database, now.
  package static func functionSessions(url: String, caCertificate: String?) throws -> Int64 {
    let connection = try Connection(
      PostgresConfiguration(
        url: url, caCertificate: caCertificate, applicationName: "breath-restored", connectTimeout: .seconds(10)))
    let count = try connection.run(
      Pipeline<Int64>(
        """
        SELECT count(*) AS count FROM pg_catalog.pg_stat_activity
        WHERE datname = current_database() AND usename = ANY (
          \(FunctionName.databaseRoles.map { "breath_\($0)" }))
        """, value: "count"))
    return count
  }

  /// Begins another one. Whatever the clock of this server says, it is the latest.
  /// - Parameters:
  ///   - url: the administrator's.
  ///   - reason: for whoever looks later.
  package static func begin(url: String, caCertificate: String?, reason: String) throws -> Incarnation {
    let connection = try Connection(
      PostgresConfiguration(
        url: url, caCertificate: caCertificate, applicationName: "breath-restored", connectTimeout: .seconds(10)))
    let (_, incarnation) = try connection.run(
      Pipeline("SET LOCAL ROLE breath_owner"),
      Pipeline(
        """
        INSERT INTO breath.incarnations (begun_at, reason)
        SELECT greatest(clock_timestamp(), max(begun_at) + interval '1 millisecond'), \(reason) FROM breath.incarnations
        RETURNING incarnation, (SELECT count(*) FROM breath.incarnations) + 1 AS number
        """, row: { Incarnation(id: try $0["incarnation"], number: try $0["number"]) }))
    return incarnation
  }
}
