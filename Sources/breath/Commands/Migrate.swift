internal import ArgumentParser
internal import FoundationEssentials
internal import Operations
internal import ToolSupport

struct Migrate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Brings the database to the newest schema.",
    discussion: """
      Reads MIGRATE_DATABASE_URL: the administrator's, not a function's own. Runs each file of sql/migrations once, in \
      order, and applies those of sql/functions and sql/access again when they changed: all in one transaction, under \
      an advisory lock.
      """)

  @Flag(help: "Only show what has run and what has not.")
  var status = false

  @Option(help: "Folder of the schema.")
  var sql = "sql"

  @Option(help: "Seconds that a statement may wait for a lock; while it waits, everybody waits behind it.")
  var lockTimeout = Migrator.lockTimeoutMs / 1000

  func validate() throws {
    guard (1...3600).contains(lockTimeout) else { throw ValidationError("--lock-timeout must be between 1 and 3600.") }
  }

  func run() throws {
    guard let url = ProcessInfo.processInfo.environment["MIGRATE_DATABASE_URL"], !url.isEmpty else {
      throw Failure(.usage, "MIGRATE_DATABASE_URL is not set: it names the administrator's connection.")
    }
    let certificate = ProcessInfo.processInfo.environment["DATABASE_CA_CERT"]
    try Failure.explaining {
      let migrator = Migrator(
        url: url, caCertificate: certificate, files: try SchemaFiles(folder: sql), lockTimeoutMs: lockTimeout * 1000)
      if status { try show(migrator) } else { try apply(migrator) }
    }
  }

  private func show(_ migrator: Migrator) throws {
    let status = try migrator.status()
    for (migration, state) in status.migrations { print("\(migration.label)  \(state.rawValue)") }
    for (definition, state) in status.definitions { print("\(definition.path)  \(state.rawValue)") }
  }

  private func apply(_ migrator: Migrator) throws {
    let applied = try migrator.run()
    for migration in applied.migrations { print("applied \(migration.label)") }
    // A new database gets all of them, of which nobody wants to read a list.
    if applied.definitions.count > 20 {
      print("applied \(applied.definitions.count) files of functions and access")
    } else {
      for definition in applied.definitions { print("applied \(definition.path)") }
    }
    print(applied.isEmpty ? "The schema is up to date: nothing to do." : "The schema is up to date.")
  }
}
