import Postgres

/// Brings a database to this program's schema: migrations that have not run, and definitions that changed since they were
/// applied. All of it is one transaction under an advisory lock, so that nobody meets half of it and two operators who
/// start at once do not meet half-way.
package struct Migrator {
  package enum State: String, Sendable {
    case applied, pending
    /// A definition that was applied with another content.
    case changed
  }

  private let configuration: PostgresConfiguration
  private let files: SchemaFiles
  private let lockTimeoutMs: Int

  package static let lockTimeoutMs = 5000

  /// - Parameters:
  ///   - url: of a role that may create roles and schemas; not one of the functions' own.
  ///   - lockTimeoutMs: how long a statement may wait for a lock. Whoever waits for a table makes all who come later wait
  ///     behind it, so a migration rather gives up.
  package init(
    url: String, caCertificate: String?, files: SchemaFiles, lockTimeoutMs: Int = Migrator.lockTimeoutMs
  ) {
    configuration = PostgresConfiguration(
      url: url, caCertificate: caCertificate, applicationName: "breath-migrate", connectTimeout: .seconds(10))
    self.files = files
    self.lockTimeoutMs = lockTimeoutMs
  }

  /// What each file is to the database.
  package struct Status {
    package let migrations: [(migration: Migration, state: State)]
    package let definitions: [(definition: Definition, state: State)]
    /// Whether the database has what the numbered files before the baseline made.
    let isBeforeBaseline: Bool
  }

  /// What a run applied, in this order.
  package struct Applied {
    package fileprivate(set) var migrations: [Migration] = []
    package fileprivate(set) var definitions: [Definition] = []

    package var isEmpty: Bool { migrations.isEmpty && definitions.isEmpty }
  }

  /// - Throws: `MigrationError` when a migration that was applied has been edited, or is gone.
  package func status() throws -> Status { try status(Connection(configuration)) }

  /// Applies what is pending or changed, all or nothing.
  package func run() throws -> Applied {
    for _ in 0..<10 {
      do { return try runOnce() } catch is DisturbedByAnotherDatabase { continue }
    }
    throw MigrationError(
      "The server gave up with XX000, ten times, and undid everything. Another database of this cluster that is being "
        + "migrated at the same time would cause that: run breath migrate again, and look at the server's log.")
  }

  /// Roles belong to the whole cluster, and another of its databases changed one at the same time; our lock is of this
  /// database alone.
  private struct DisturbedByAnotherDatabase: Error {}

  /// A connection of its own: one on which something failed is closed, and its lock with it.
  private func runOnce() throws -> Applied {
    let connection = try Connection(configuration)
    _ = try connection.rows("SELECT pg_advisory_lock(\(Migrator.lockKey))")
    defer { _ = try? connection.rows("SELECT pg_advisory_unlock(\(Migrator.lockKey))") }
    try connection.run(Migrator.bootstrap)
    let status = try status(connection)
    var todo = Applied()
    todo.migrations = status.migrations.filter { $0.state == .pending }.map(\.migration)
    todo.definitions = status.definitions.filter { $0.state != .applied }.map(\.definition)
    if status.isBeforeBaseline { todo.migrations.removeAll { $0.number == 1 } }
    guard !todo.isEmpty || status.isBeforeBaseline else { return todo }
    try connection.transaction { connection in
      try connection.run(PostgresScript(trustedText: "SET LOCAL lock_timeout = \(lockTimeoutMs)"))
      try apply(todo, connection)
      try record(todo, isBeforeBaseline: status.isBeforeBaseline, connection)
    }
    return todo
  }

  private func apply(_ todo: Applied, _ connection: Connection) throws {
    func definitions(_ stage: Definition.Stage) -> [Definition] { todo.definitions.filter { $0.stage == stage } }
    for file in definitions(.roles) { try run(file.text, of: file.path, connection) }
    for file in todo.migrations { try run(file.text, of: "Migration \(file.number) \(file.name)", connection) }
    try FunctionFiles(definitions(.functions)).apply(connection) { try run($0, of: $1, connection) }
    for file in definitions(.access) { try run(file.text, of: file.path, connection) }
  }

  /// - Parameter file: what an error calls it; lines in it are the file's own.
  private func run(_ text: String, of file: String, _ connection: Connection) throws {
    do throws(PostgresError) {
      try connection.run(PostgresScript(trustedText: text + "\n; RESET ROLE"))
    } catch {
      switch error.sqlState {
      case Migrator.internalError: throw DisturbedByAnotherDatabase()
      case Migrator.lockNotAvailable:
        throw MigrationError(
          "\(file) got no lock within \(lockTimeoutMs) ms, because the database is in use, and everything was undone. "
            + "Run breath migrate again, best when it is quiet; --lock-timeout waits longer.")
      case Migrator.otherResult, Migrator.otherParameters:
        throw MigrationError(
          "\(file) changes the signature of a function that is there, and everything was undone: give the new one "
            + "another name, and drop the old one in a later migration (sql/README.md). \(error.message)")
      default: throw MigrationError("\(file) failed and everything was undone: \(error.message)")
      }
    }
  }

  private static let lockNotAvailable = "55P03"
  /// "cannot change return type of existing function", or the name of a parameter.
  private static let otherResult = "42P13"
  /// "function name is not unique": the file's own REVOKE meets a second one of its name, beside the old one.
  private static let otherParameters = "42725"
  /// "tuple concurrently updated", the only one of it that a migration can meet.
  private static let internalError = "XX000"
  private static let lockKey: Int64 = 0x6272_6561_7468  // "breath"
}

// MARK: - What the database remembers

extension Migrator {
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
      CREATE TABLE IF NOT EXISTS breath_meta.definitions (
        path text PRIMARY KEY,
        checksum text NOT NULL,
        applied_at timestamptz NOT NULL DEFAULT now()
      );
      -- All definitions together, by the digest of a program that applied them: what readiness asks for.
      CREATE TABLE IF NOT EXISTS breath_meta.definition_sets (
        digest text PRIMARY KEY,
        applied_at timestamptz NOT NULL DEFAULT now()
      );
      COMMIT;
      """)

  private func status(_ connection: Connection) throws -> Status {
    let applied = try numbers(connection)
    let isBeforeBaseline = try Development.isComplete(applied)
    if !isBeforeBaseline, let stranger = applied.keys.max(), stranger > files.migrations.count {
      throw MigrationError("The database has migration \(stranger), which is newer than this program. Update it first.")
    }
    let migrations = try files.migrations.map { migration in
      guard !isBeforeBaseline, let checksum = applied[migration.number] else { return (migration, State.pending) }
      guard checksum == migration.checksum else {
        throw MigrationError(
          "Migration \(migration.number) \(migration.name) was edited after it ran. Restore the file; change the "
            + "schema in a new one.")
      }
      return (migration, State.applied)
    }
    let paths = try paths(connection)
    let definitions = files.definitions.map { definition in
      let state: State =
        switch paths[definition.path] {
        case nil: .pending
        case definition.checksum: .applied
        default: .changed
        }
      return (definition, state)
    }
    return Status(migrations: migrations, definitions: definitions, isBeforeBaseline: isBeforeBaseline)
  }

  private func numbers(_ connection: Connection) throws -> [Int32: String] {
    guard try exists("breath_meta.migrations", connection) else { return [:] }
    let rows = try connection.rows("SELECT number, checksum FROM breath_meta.migrations")
    return try Dictionary(uniqueKeysWithValues: rows.map { (try $0["number"], try $0["checksum"]) })
  }

  private func paths(_ connection: Connection) throws -> [String: String] {
    guard try exists("breath_meta.definitions", connection) else { return [:] }
    let rows = try connection.rows("SELECT path, checksum FROM breath_meta.definitions")
    return try Dictionary(uniqueKeysWithValues: rows.map { (try $0["path"], try $0["checksum"]) })
  }

  private func exists(_ table: String, _ connection: Connection) throws -> Bool {
    let exists = try connection.run(
      Pipeline<Bool>("SELECT to_regclass(\(table)) IS NOT NULL AS exists", value: "exists"))
    return exists
  }

  private func record(_ applied: Applied, isBeforeBaseline: Bool, _ connection: Connection) throws {
    var migrations = applied.migrations
    var statements: [SQL] = []
    if isBeforeBaseline {
      statements.append("DELETE FROM breath_meta.migrations")
      migrations = files.migrations.prefix(1) + migrations
    }
    let definitions = applied.definitions
    statements += [
      """
      INSERT INTO breath_meta.migrations (number, name, checksum)
      SELECT * FROM unnest(\(migrations.map(\.number)), \(migrations.map(\.name)), \(migrations.map(\.checksum)))
      """,
      """
      INSERT INTO breath_meta.definitions (path, checksum)
      SELECT * FROM unnest(\(definitions.map(\.path)), \(definitions.map(\.checksum)))
      ON CONFLICT (path) DO UPDATE SET checksum = excluded.checksum, applied_at = now()
      """,
      "DELETE FROM breath_meta.definitions WHERE path <> ALL (\(files.definitions.map(\.path)))",
      """
      INSERT INTO breath_meta.definition_sets (digest) VALUES (\(files.definitionsDigest))
      ON CONFLICT (digest) DO UPDATE SET applied_at = now()
      """,
    ]
    _ = try connection.pipeline(statements)
  }
}
