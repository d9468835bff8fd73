import Backend
import Foundation
import Postgres
import TestSupport
import Testing

/// `breath migrate`: in order, once, and never with a file that was edited. One after the other, because roles belong
/// to the whole cluster.
@Suite(.serialized) struct MigrationTests {
  private static let folder = Database.root.appending(path: "sql").path

  /// An empty database and a copy of the files, both of this test alone.
  private final class Scratch {
    let url: String
    let folder: URL
    private let name = "breath_scratch_\(UUID().uuidString.prefix(8).lowercased())"

    init() throws {
      let own = try TestEnvironment.value("BREATH_TEST_DATABASE_URL")
      url = own.replacing("@/breath?", with: "@/\(name)?")
      folder = FileManager.default.temporaryDirectory.appending(path: name)
      try #require(url != own)
      try Database.connect().run(PostgresScript(trustedText: "CREATE DATABASE \(name)"))
      try FileManager.default.copyItem(atPath: MigrationTests.folder, toPath: folder.path)
    }

    deinit {
      try? FileManager.default.removeItem(at: folder)
      try? Database.connect().run(PostgresScript(trustedText: "DROP DATABASE IF EXISTS \(name) WITH (FORCE)"))
    }

    func migrator() throws -> Migrator {
      try Migrator(url: url, caCertificate: nil, migrations: Migration.all(in: folder.path))
    }

    func write(_ text: String, to file: String) throws {
      try text.write(to: folder.appending(path: file), atomically: true, encoding: .utf8)
    }

    func exists(_ table: String) throws -> Bool {
      let rows = try Database.connect(url: url).rows("SELECT to_regclass(\(table)) IS NOT NULL AS exists")
      return try #require(rows.first)["exists"]
    }
  }

  @Test func `the code needs the newest migration there is`() throws {
    #expect(try Migration.all(in: MigrationTests.folder).map(\.number).max() == Schema.migrationNeeded)
  }

  @Test func `all run in order, once, and say so`() throws {
    let scratch = try Scratch()
    let migrator = try scratch.migrator()
    #expect(try migrator.status().allSatisfy { $0.state == .pending })
    var ran: [Int32] = []
    #expect(try migrator.run { ran.append($0.number) } == ran.count)
    #expect(ran == Array(1...Schema.migrationNeeded))
    #expect(try migrator.status().allSatisfy { $0.state == .applied })
    #expect(try migrator.run { _ in Issue.record("nothing is left to run") } == 0)
    #expect(try scratch.migrator().run { _ in } == 0)
  }

  @Test func `a file that was edited after it ran is refused, by name`() throws {
    let scratch = try Scratch()
    _ = try scratch.migrator().run { _ in }
    let file = "0007_grant_admin.sql"
    let text = try String(contentsOf: scratch.folder.appending(path: file), encoding: .utf8)
    try scratch.write(text + "-- a remark\n", to: file)
    for attempt in [{ try $0.status().count }, { try $0.run { _ in } }] as [(Migrator) throws -> Int] {
      let error = #expect(throws: MigrationError.self) { try attempt(scratch.migrator()) }
      #expect(error?.description.contains("7 grant_admin was edited") == true)
    }
  }

  @Test func `a database that is newer than the program is refused`() throws {
    let scratch = try Scratch()
    try scratch.write("CREATE TABLE breath.later ();", to: "\(next)_add_later.sql")
    _ = try scratch.migrator().run { _ in }
    try FileManager.default.removeItem(at: scratch.folder.appending(path: "\(next)_add_later.sql"))
    let error = #expect(throws: MigrationError.self) { try scratch.migrator().run { _ in } }
    #expect(error?.description.contains("newer than this program") == true)
  }

  @Test func `a migration that fails leaves nothing, and those before it stay`() throws {
    let scratch = try Scratch()
    try scratch.write("CREATE TABLE breath.half ();\nSELECT nonsense;\n", to: "\(next)_add_half.sql")
    let error = #expect(throws: MigrationError.self) { try scratch.migrator().run { _ in } }
    #expect(error?.description.contains("add_half failed and was undone") == true)
    #expect(error?.description.contains("line 2") == true)
    #expect(try !scratch.exists("breath.half") && scratch.exists("breath.sessions"))
    #expect(try scratch.migrator().status().last?.state == .pending)
    try scratch.write("CREATE TABLE breath.half ();\n", to: "\(next)_add_half.sql")
    #expect(try scratch.migrator().run { _ in } == 1)
    #expect(try scratch.exists("breath.half"))
  }

  @Test func `a migration that gets no lock on a busy database gives up, says so, and runs later`() throws {
    let scratch = try Scratch()
    _ = try scratch.migrator().run { _ in }
    try scratch.write("ALTER TABLE breath.sessions ADD COLUMN later integer;\n", to: "\(next)_add_later.sql")
    let reader = try Database.connect(url: scratch.url)
    try reader.transaction { reader in
      _ = try reader.rows("SELECT count(*) AS count FROM breath.sessions")
      let hasty = try Migrator(
        url: scratch.url, caCertificate: nil, migrations: Migration.all(in: scratch.folder.path), lockTimeoutMs: 50)
      let error = #expect(throws: MigrationError.self) { try hasty.run { _ in } }
      #expect(error?.description.contains("got no lock within 50 ms") == true, "\(error?.description ?? "")")
    }
    #expect(try scratch.migrator().run { _ in } == 1)
  }

  @Test func `two operators who migrate at once share the work`() throws {
    let scratch = try Scratch()
    let processes = try (0..<2).map { _ in try migrate(scratch) }
    var applied: [Substring] = []
    for (process, output) in processes {
      let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
      process.waitUntilExit()
      #expect(process.terminationStatus == 0, "\(text)")
      applied += text.split(separator: "\n").filter { $0.hasPrefix("applied ") }
    }
    #expect(applied.count == Int(Schema.migrationNeeded) && Set(applied).count == applied.count)
  }

  /// Roles belong to the cluster: whoever changed one that another database's migration was changing failed (XX000).
  @Test func `another database of the cluster that changes the same role is waited for`() throws {
    let scratch = try Scratch()
    _ = try scratch.migrator().run { _ in }
    try scratch.write("ALTER ROLE breath_sync SET lock_timeout = '1200ms';\n", to: "\(next)_set_role.sql")
    let (process, output) = try Database.connect().transaction { other in
      _ = try other.rows("ALTER ROLE breath_sync SET lock_timeout = '1200ms'")
      let pid: Int32 = try #require(other.rows("SELECT pg_backend_pid() AS pid").first)["pid"]
      let started = try migrate(scratch)
      let watch = try Database.connect()
      while try watch.rows("SELECT FROM pg_stat_activity WHERE \(pid) = ANY(pg_blocking_pids(pid))").isEmpty {
        try #require(started.0.isRunning)
      }
      return started
    }
    let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(text)")
  }

  private func migrate(_ scratch: Scratch) throws -> (Process, Pipe) {
    let process = Process()
    process.executableURL = URL(filePath: try TestEnvironment.value("BREATH_TEST_BIN") + "/breath")
    process.arguments = ["migrate", "--sql", scratch.folder.path]
    process.environment = ["MIGRATE_DATABASE_URL": scratch.url]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    return (process, output)
  }

  @Test(arguments: ["9999_add_gap.sql", "0001_twice.sql", "x.sql", "00010_five_digits.sql", "0010_Upper.sql"])
  func `a file out of order or out of form is refused`(file: String) throws {
    let scratch = try Scratch()
    try scratch.write("SELECT 1;", to: file)
    #expect(throws: MigrationError.self) { try scratch.migrator() }
  }

  @Test func `a folder that is not there is named`() {
    let error = #expect(throws: MigrationError.self) { try Migration.all(in: "/no/such/folder") }
    #expect(error?.description.contains("/no/such/folder") == true)
  }

  /// The number after the last, as a file has it.
  private var next: String {
    let digits = "\(Schema.migrationNeeded + 1)"
    return String(repeating: "0", count: 4 - digits.count) + digits
  }
}
