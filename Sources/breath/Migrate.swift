internal import ArgumentParser
internal import Backend
internal import FoundationEssentials

struct Migrate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Brings the database to the newest schema.",
    discussion: """
      Reads MIGRATE_DATABASE_URL: the administrator's, not a function's own. Each file of sql/ runs once, in order, in \
      one transaction, under an advisory lock.
      """)

  @Flag(help: "Only show what has run and what has not.")
  var status = false

  @Option(help: "Folder of the migrations.")
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
      let migrator = try Migrator(
        url: url, caCertificate: certificate, migrations: try Migration.all(in: sql),
        lockTimeoutMs: lockTimeout * 1000)
      if status { try show(migrator) } else { try apply(migrator) }
    }
  }

  private func show(_ migrator: Migrator) throws {
    for (migration, state) in try migrator.status() { print("\(label(migration))  \(state.rawValue)") }
  }

  private func apply(_ migrator: Migrator) throws {
    let count = try migrator.run { print("applied \(label($0))") }
    print(count == 0 ? "The schema is up to date." : "The schema is up to date: \(count) applied.")
  }

  private func label(_ migration: Migration) -> String {
    String(repeating: "0", count: max(0, 4 - "\(migration.number)".count)) + "\(migration.number) \(migration.name)"
  }
}
