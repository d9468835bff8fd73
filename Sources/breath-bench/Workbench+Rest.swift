internal import Glibc
internal import Postgres
internal import ToolSupport

// What was filled leaves the database work that it would do beside the next measurement.

extension Workbench {
  private static let patience = Duration.seconds(600)

  /// What autovacuum would do, now and of every table.
  func vacuum() throws { try database().run(PostgresScript(trustedText: "VACUUM (ANALYZE)")) }

  /// - Throws: `Failure` when it does not come to an end.
  func waitForAutovacuum() throws {
    let database = try database()
    let end = ContinuousClock.now + Workbench.patience
    while try workers(database) > 0 {
      guard .now < end else {
        throw Failure(.unavailable, "Autovacuum has been at work for \(Workbench.patience): nothing can be measured.")
      }
      sleep(1)
    }
  }

  private func workers(_ database: Connection) throws -> Int64 {
    let count = try database.run(
      Pipeline<Int64>(
        "SELECT count(*) AS workers FROM pg_catalog.pg_stat_activity WHERE backend_type = 'autovacuum worker'",
        value: "workers"))
    return count
  }
}
