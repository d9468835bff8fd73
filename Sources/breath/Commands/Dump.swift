internal import ArgumentParser
internal import FoundationEssentials
internal import Glibc
internal import Operations
internal import ToolSupport

struct Dump: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Backs the database up, whole, into a file for breath load.",
    discussion: """
      Reads DATABASE_URL_DUMP, the role that may read all and nothing else, or else MIGRATE_DATABASE_URL. Proves first that \
      this role sees every row of every table, then has pg_dump write its custom format. Row-level security binds everybody \
      but a superuser, so pg_dump by itself refuses, and with --enable-row-security leaves out what it may not see: do not \
      use that by hand.
      """)

  @Option(help: "A new file, which only you may read.")
  var output: String

  func run() throws {
    let ours = ProcessInfo.processInfo.environment
    guard
      let url = ["DATABASE_URL_DUMP", "MIGRATE_DATABASE_URL"].compactMap({ ours[$0] }).first(where: { !$0.isEmpty }
      )
    else {
      throw Failure(.usage, "Neither DATABASE_URL_DUMP nor MIGRATE_DATABASE_URL is set: one must name the connection.")
    }
    guard !FileManager.default.fileExists(atPath: output) else {
      throw Failure(.badInput, "\(output) is there already: name a new file.".printable)
    }
    let certificate = ours["DATABASE_CA_CERT"]
    let unreadable = try Failure.explaining { try Backup(url: url, caCertificate: certificate).unreadable() }
    guard unreadable.isEmpty else {
      throw Failure(
        .refused,
        "The dump would not be whole: breath_dump cannot read all of \(unreadable.joined(separator: ", ")). Nothing was written."
      )
    }
    let unfinished = output + ".unfinished"
    do {
      try BackupProgram(url: url, caCertificate: certificate).run(
        "pg_dump",
        [
          "--format", "custom", "--role", "breath_dump", "--enable-row-security", "--schema", "breath", "--schema",
          "breath_meta",
          "--file", unfinished,
        ])
      guard unsafe rename(unfinished, output) == 0 else {
        throw Failure(.badInput, "\(output) cannot be written: may you write there?".printable)
      }
    } catch {
      unsafe unlink(unfinished)
      throw error
    }
    print("Wrote \(output). Try it: breath load \(output) into an empty database.".printable)
  }
}
