internal import ArgumentParser
internal import FoundationEssentials
internal import Operations
internal import ToolSupport

struct LoadDump: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "load",
    abstract: "Restores a dump into an empty database.",
    discussion: """
      Reads MIGRATE_DATABASE_URL, which names the empty database and an administrator who may create roles; a superuser is \
      not needed. Makes the roles where the cluster has none, and has pg_restore do the rest. docs/operations.md says what \
      comes next.
      """)

  @Argument(help: "The file that breath dump, or pg_dump --format custom, wrote.")
  var file: String

  @Option(help: "Folder of the migrations.")
  var sql = "sql"

  func run() throws {
    let ours = ProcessInfo.processInfo.environment
    guard let url = ours["MIGRATE_DATABASE_URL"], !url.isEmpty else {
      throw Failure(.usage, "MIGRATE_DATABASE_URL is not set: it names the administrator's connection.")
    }
    guard FileManager.default.isReadableFile(atPath: file) else {
      throw Failure(.badInput, "\(file) cannot be read: name the file that breath dump wrote.".printable)
    }
    let certificate = ours["DATABASE_CA_CERT"]
    let program = BackupProgram(url: url, caCertificate: certificate)
    let list = try program.run("pg_restore", ["--list", file])
    let backup = try Failure.explaining { try Backup(url: url, caCertificate: certificate) }
    guard try Failure.explaining({ try backup.isEmpty() }) else {
      throw Failure(.refused, "The database is not empty: name one without the schemas breath and breath_meta.")
    }
    try Failure.explaining { try backup.prepare(try SchemaFiles(folder: sql)) }
    try program.run(
      "pg_restore", ["--exit-on-error", "--dbname", "", "--use-list", "/dev/fd/3", file],
      descriptor3: LoadDump.withoutSchemas(list))
    try Failure.explaining { try backup.finish() }
    print(
      """
      Restored \(file.printable). Next, before anybody is let in:
        1. breath migrate
        2. breath roles
        3. breath restored --reason '…'
      """)
  }

  /// The schemas are there already.
  private static func withoutSchemas(_ list: [UInt8]) -> [UInt8] {
    let lines = String(decoding: list, as: UTF8.self).split(separator: "\n").filter { !$0.contains(" SCHEMA - ") }
    return Array((lines.joined(separator: "\n") + "\n").utf8)
  }
}
