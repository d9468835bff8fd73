import Postgres

/// Brings a database to the newest migration, one at a time under an advisory lock, so that two operators who start at
/// once do not meet half-way.
package struct Migrator {
  package enum State: String, Sendable { case applied, pending }

  private let configuration: PostgresConfiguration
  private let migrations: [Migration]
  private let lockTimeoutMs: Int

  package static let lockTimeoutMs = 5000

  /// - Parameters:
  ///   - url: of a role that may create roles and schemas; not one of the functions' own.
  ///   - lockTimeoutMs: how long a statement may wait for a lock. Whoever waits for a table makes all who come later wait
  ///     behind it, so a migration rather gives up.
  package init(
    url: String, caCertificate: String?, migrations: [Migration], lockTimeoutMs: Int = Migrator.lockTimeoutMs
  ) throws {
    configuration = PostgresConfiguration(
      url: url, caCertificate: caCertificate, applicationName: "breath-migrate", connectTimeout: .seconds(10))
    self.migrations = migrations
    self.lockTimeoutMs = lockTimeoutMs
  }

  /// Every migration with its state.
  /// - Throws: when a file that was applied has been edited, or is gone.
  package func status() throws -> [(migration: Migration, state: State)] { try status(Connection(configuration)) }

  /// Applies what is pending.
  /// - Parameter report: called after each.
  /// - Returns: how many ran.
  package func run(report: (Migration) -> Void) throws -> Int {
    var count = 0
    for _ in 0..<10 {
      do {
        try runOnce(&count, report)
        return count
      } catch is DisturbedByAnotherDatabase {
        continue
      }
    }
    throw MigrationError(
      "The server gave up a migration with XX000, ten times, and undid it. Another database of this cluster that is being "
        + "migrated at the same time would cause that: run breath migrate again, and look at the server's log.")
  }

  /// Roles belong to the whole cluster, and another of its databases changed one at the same time; our lock is of this
  /// database alone.
  private struct DisturbedByAnotherDatabase: Error {}

  /// A connection of its own: one on which a migration failed is closed, and its lock with it.
  private func runOnce(_ count: inout Int, _ report: (Migration) -> Void) throws {
    let connection = try Connection(configuration)
    _ = try connection.rows("SELECT pg_advisory_lock(\(Migrator.lockKey))")
    defer { _ = try? connection.rows("SELECT pg_advisory_unlock(\(Migrator.lockKey))") }
    try connection.run(Migrator.bootstrap)
    for migration in try status(connection).filter({ $0.state == .pending }).map(\.migration) {
      try apply(migration, connection)
      count += 1
      report(migration)
    }
  }

  private func apply(_ migration: Migration, _ connection: Connection) throws {
    do throws(PostgresError) {
      try connection.run(script(for: migration))
    } catch {
      switch error.sqlState {
      case Migrator.internalError: throw DisturbedByAnotherDatabase()
      case Migrator.lockNotAvailable:
        throw MigrationError(
          "Migration \(migration.number) \(migration.name) got no lock within \(lockTimeoutMs) ms, because the "
            + "database is in use, and was undone. Run breath migrate again, best when it is quiet; --lock-timeout "
            + "waits longer.")
      default:
        throw MigrationError("Migration \(migration.number) \(migration.name) failed and was undone: \(error.message)")
      }
    }
  }

  private func status(_ connection: Connection) throws -> [(migration: Migration, state: State)] {
    let applied = try applied(connection)
    if let stranger = applied.keys.max(), stranger > migrations.count {
      throw MigrationError("The database has migration \(stranger), which is newer than this program. Update it first.")
    }
    return try migrations.map { migration in
      guard let checksum = applied[migration.number] else { return (migration, .pending) }
      guard checksum == migration.checksum else {
        throw MigrationError(
          "Migration \(migration.number) \(migration.name) was edited after it ran. Restore the file; change the "
            + "schema in a new one.")
      }
      return (migration, .applied)
    }
  }

  private static let lockNotAvailable = "55P03"
  /// "tuple concurrently updated", the only one of it that a migration can meet.
  private static let internalError = "XX000"
  private static let lockKey: Int64 = 0x6272_6561_7468  // "breath"

  private func applied(_ connection: Connection) throws -> [Int32: String] {
    let exists = try connection.rows("SELECT to_regclass('breath_meta.migrations') IS NOT NULL AS exists")
    guard let row = exists.first, try row["exists"] else { return [:] }
    let rows = try connection.rows("SELECT number, checksum FROM breath_meta.migrations")
    return try Dictionary(uniqueKeysWithValues: rows.map { (try $0["number"], try $0["checksum"]) })
  }

  private static let bootstrap = PostgresScript(
    trustedText: """
      BEGIN;
      CREATE SCHEMA IF NOT EXISTS breath_meta;
      CREATE TABLE IF NOT EXISTS breath_meta.migrations (
        number integer PRIMARY KEY,
        name text NOT NULL,
        checksum text NOT NULL,
        applied_at timestamptz NOT NULL DEFAULT now()
      );
      COMMIT;
      """)

  /// BEGIN stands on the file's first line, so that an error's line number is the file's own.
  private func script(for migration: Migration) -> PostgresScript {
    PostgresScript(
      trustedText: """
        BEGIN; SET LOCAL lock_timeout = \(lockTimeoutMs); \(migration.text)
        ; RESET ROLE;
        INSERT INTO breath_meta.migrations (number, name, checksum)
        VALUES (\(migration.number), '\(migration.name)', '\(migration.checksum)');
        COMMIT;
        """)
  }
}
