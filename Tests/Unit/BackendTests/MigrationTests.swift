import Backend
import Foundation
import Operations
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

    func migrator(lockTimeoutMs: Int = Migrator.lockTimeoutMs) throws -> Migrator {
      try Migrator(
        url: url, caCertificate: nil, files: SchemaFiles(folder: folder.path), lockTimeoutMs: lockTimeoutMs)
    }

    /// - Parameter file: below `sql/`.
    func write(_ text: String, to file: String) throws {
      try text.write(to: folder.appending(path: file), atomically: true, encoding: .utf8)
    }

    func text(of file: String) throws -> String {
      try String(contentsOf: folder.appending(path: file), encoding: .utf8)
    }

    func remove(_ file: String) throws { try FileManager.default.removeItem(at: folder.appending(path: file)) }

    /// One value of the database, as text.
    func value(_ sql: SQL) throws -> String? {
      try Database.connect(url: url).rows(sql).first.map { try $0["value"] }
    }

    func exists(_ table: String) throws -> Bool {
      let rows = try Database.connect(url: url).rows("SELECT to_regclass(\(table)) IS NOT NULL AS exists")
      return try #require(rows.first)["exists"]
    }
  }

  @Test func `the code needs the schema that is there`() throws {
    let files = try SchemaFiles(folder: MigrationTests.folder)
    #expect(files.migrations.map(\.number).max() == Schema.migrationNeeded)
    #expect(files.definitionsDigest == Schema.definitionsNeeded, "run make schema")
  }

  @Test func `all run in order, once, and say so`() throws {
    let scratch = try Scratch()
    let migrator = try scratch.migrator()
    let before = try migrator.status()
    #expect(before.migrations.allSatisfy { $0.state == .pending })
    #expect(before.definitions.allSatisfy { $0.state == .pending })
    let applied = try migrator.run()
    #expect(applied.migrations.map(\.number) == Array(1...Schema.migrationNeeded))
    #expect(applied.definitions.first?.path == "access/roles.sql")
    #expect(applied.definitions.last?.path == "access/grants.sql")
    let after = try migrator.status()
    #expect(after.migrations.allSatisfy { $0.state == .applied })
    #expect(after.definitions.allSatisfy { $0.state == .applied })
    #expect(try migrator.run().isEmpty)
    #expect(try scratch.migrator().run().isEmpty)
  }

  @Test func `a migration that was edited after it ran is refused, by name`() throws {
    let scratch = try Scratch()
    _ = try scratch.migrator().run()
    let file = "migrations/0001_baseline.sql"
    try scratch.write(try scratch.text(of: file) + "-- a remark\n", to: file)
    for attempt in [{ _ = try $0.status() }, { _ = try $0.run() }] as [(Migrator) throws -> Void] {
      let error = #expect(throws: MigrationError.self) { try attempt(scratch.migrator()) }
      #expect(error?.description.contains("1 baseline was edited") == true)
    }
  }

  @Test func `a database that is newer than the program is refused`() throws {
    let scratch = try Scratch()
    try scratch.write("SET LOCAL ROLE breath_owner; CREATE TABLE breath.later ();", to: later)
    _ = try scratch.migrator().run()
    try scratch.remove(later)
    let error = #expect(throws: MigrationError.self) { try scratch.migrator().run() }
    #expect(error?.description.contains("newer than this program") == true)
  }

  @Test func `a migration that fails leaves nothing, nor does what came before it in the same run`() throws {
    let scratch = try Scratch()
    try scratch.write("SET LOCAL ROLE breath_owner; CREATE TABLE breath.half ();\nSELECT nonsense;\n", to: later)
    let error = #expect(throws: MigrationError.self) { try scratch.migrator().run() }
    #expect(error?.description.contains("add_later failed and everything was undone") == true)
    #expect(error?.description.contains("line 2") == true)
    #expect(try !scratch.exists("breath.half") && !scratch.exists("breath.sessions"))
    try scratch.write("SET LOCAL ROLE breath_owner; CREATE TABLE breath.half ();\n", to: later)
    #expect(try scratch.migrator().run().migrations.count == Int(Schema.migrationNeeded) + 1)
    #expect(try scratch.exists("breath.half"))
  }

  @Test func `a migration that gets no lock on a busy database gives up, says so, and runs later`() throws {
    let scratch = try Scratch()
    _ = try scratch.migrator().run()
    try scratch.write("ALTER TABLE breath.sessions ADD COLUMN later integer;\n", to: later)
    let reader = try Database.connect(url: scratch.url)
    try reader.transaction { reader in
      _ = try reader.rows("SELECT count(*) AS count FROM breath.sessions")
      let hasty = try scratch.migrator(lockTimeoutMs: 50)
      let error = #expect(throws: MigrationError.self) { try hasty.run() }
      #expect(error?.description.contains("got no lock within 50 ms") == true, "\(error?.description ?? "")")
    }
    #expect(try scratch.migrator().run().migrations.count == 1)
  }

  @Test func `two operators who migrate at once: one does all of it, and the other has nothing to do`() throws {
    let scratch = try Scratch()
    let texts = try (0..<2).map { _ in try migrate(scratch) }.map { process, output in
      let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
      process.waitUntilExit()
      #expect(process.terminationStatus == 0, "\(text)")
      return text
    }
    #expect(texts.count { $0.contains("applied 0001 baseline") } == 1)
    #expect(texts.count { $0.contains("nothing to do") } == 1)
  }

  /// The process dies while it waits for a lock that the test holds.
  @Test func `a run that is interrupted leaves nothing, and the next one does all`() throws {
    let scratch = try Scratch()
    _ = try scratch.migrator().run()
    try scratch.write(
      """
      SET LOCAL ROLE breath_owner;
      CREATE TABLE breath.half ();
      ALTER TABLE breath.sessions ADD COLUMN later integer;
      """, to: later)
    try Database.connect(url: scratch.url).transaction { holder in
      _ = try holder.rows("SELECT count(*) AS count FROM breath.sessions")
      let pid: Int32 = try #require(holder.rows("SELECT pg_backend_pid() AS pid").first)["pid"]
      let (process, _) = try migrate(scratch)
      let watch = try Database.connect()
      while try watch.rows("SELECT FROM pg_stat_activity WHERE \(pid) = ANY(pg_blocking_pids(pid))").isEmpty {
        try #require(process.isRunning)
      }
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
    }
    #expect(try scratch.migrator().status().migrations.last?.state == .pending)
    #expect(try scratch.migrator().run().migrations.count == 1)
    #expect(try scratch.exists("breath.half"))
  }

  // MARK: Definitions

  private static let sample = "functions/request/is_at_end.sql"

  @Test func `a function that was edited is applied again, and nothing else`() throws {
    let scratch = try Scratch()
    _ = try scratch.migrator().run()
    let text = try scratch.text(of: MigrationTests.sample)
    try scratch.write(text.replacing("9223372032559808511", with: "7"), to: MigrationTests.sample)
    let states = try scratch.migrator().status().definitions.filter { $0.state != .applied }
    #expect(states.map(\.definition.path) == [MigrationTests.sample] && states.first?.state == .changed)
    let applied = try scratch.migrator().run()
    #expect(applied.migrations.isEmpty && applied.definitions.map(\.path) == [MigrationTests.sample])
    #expect(try scratch.value("SELECT breath.is_at_end(8)::text AS value") == "true")
  }

  @Test func `a function whose signature changed is refused, and one with other parameters`() throws {
    let scratch = try Scratch()
    _ = try scratch.migrator().run()
    let text = try scratch.text(of: MigrationTests.sample)
    for (old, new) in [
      ("RETURNS boolean", "RETURNS text"), ("version bigint", "number bigint"),
      ("version bigint", "version bigint, other bigint"),
    ] {
      try scratch.write(text.replacing(old, with: new), to: MigrationTests.sample)
      let error = #expect(throws: MigrationError.self) { try scratch.migrator().run() }
      let words = "functions/request/is_at_end.sql changes the signature of a function"
      #expect(error?.description.hasPrefix(words) == true, "\(error?.description ?? "")")
    }
    try scratch.write(text, to: MigrationTests.sample)
    #expect(try scratch.migrator().run().isEmpty)
  }

  @Test func `a function that cannot be compiled is refused, by name`() throws {
    let scratch = try Scratch()
    _ = try scratch.migrator().run()
    let text = try scratch.text(of: MigrationTests.sample)
    try scratch.write(text.replacing("version >", with: "no_such_column >"), to: MigrationTests.sample)
    let error = #expect(throws: MigrationError.self) { try scratch.migrator().run() }
    #expect(error?.description.contains("breath.is_at_end cannot be compiled") == true)
    #expect(try scratch.value("SELECT breath.is_at_end(8)::text AS value") == "false")
  }

  @Test func `a policy and a grant that are not listed are taken back`() throws {
    let scratch = try Scratch()
    _ = try scratch.migrator().run()
    let url = scratch.url
    try Database.connect(url: url).run(
      PostgresScript(
        trustedText: """
          CREATE POLICY sessions_of_everybody ON breath.sessions USING (true);
          DROP POLICY sessions_of_merge ON breath.sessions;
          GRANT DELETE ON breath.erased TO breath_sync;
          """))
    for file in ["access/policies.sql", "access/grants.sql"] {
      try scratch.write(try scratch.text(of: file) + "-- A remark.\n", to: file)
    }
    #expect(try scratch.migrator().run().definitions.count == 2)
    let policies = try scratch.value(
      """
      SELECT string_agg(polname, ' ' ORDER BY polname) AS value FROM pg_policy
      WHERE polrelid = 'breath.sessions'::regclass
      """)
    #expect(policies == "sessions_entered sessions_of_dump sessions_of_maintenance sessions_of_merge")
    let may = try scratch.value("SELECT has_table_privilege('breath_sync', 'breath.erased', 'DELETE')::text AS value")
    #expect(may == "false")
  }

  // MARK: Databases from before the baseline

  /// What the numbered files before the baseline left in `breath_meta.migrations`: number, name, checksum.
  private static let development = Database.root.appending(
    path: "Tests/Unit/BackendTests/Fixtures/development-migrations.txt")

  private func makeDevelopment(_ scratch: Scratch, last: Int) throws {
    _ = try scratch.migrator().run()
    let lines = try String(contentsOf: MigrationTests.development, encoding: .utf8).split(separator: "\n")
    let rows = lines.prefix(last).map { $0.split(separator: " ").map(String.init) }
    _ = try Database.connect(url: scratch.url).pipeline([
      "DROP TABLE breath_meta.definitions, breath_meta.definition_sets", "DELETE FROM breath_meta.migrations",
      """
      INSERT INTO breath_meta.migrations (number, name, checksum)
      SELECT * FROM unnest(\(rows.compactMap { Int32($0[0]) }), \(rows.map { $0[1] }), \(rows.map { $0[2] }))
      """,
    ])
  }

  @Test func `a database that has all files from before the baseline goes on from there`() throws {
    let scratch = try Scratch()
    try makeDevelopment(scratch, last: 49)
    try scratch.write("SET LOCAL ROLE breath_owner; CREATE TABLE breath.later ();", to: later)
    let applied = try scratch.migrator().run()
    #expect(
      applied.migrations.map(\.number) == Array(2...Schema.migrationNeeded + 1), "the baseline's tables are there")
    #expect(applied.definitions.count == (try SchemaFiles(folder: MigrationTests.folder).definitions.count))
    let after = try scratch.migrator().status()
    #expect(after.migrations.allSatisfy { $0.state == .applied })
    #expect(after.definitions.allSatisfy { $0.state == .applied })
  }

  @Test func `a database that has some of the files from before the baseline is refused`() throws {
    let scratch = try Scratch()
    try makeDevelopment(scratch, last: 26)
    let error = #expect(throws: MigrationError.self) { try scratch.migrator().run() }
    #expect(error?.description.contains("made by a development version") == true)
  }

  /// Roles belong to the cluster: whoever changed one that another database's migration was changing failed (XX000).
  @Test func `another database of the cluster that changes the same role is waited for`() throws {
    let scratch = try Scratch()
    _ = try scratch.migrator().run()
    try scratch.write("ALTER ROLE breath_sync SET lock_timeout = '1200ms';\n", to: later)
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
  func `a migration out of order or out of form is refused`(file: String) throws {
    let scratch = try Scratch()
    try scratch.write("SELECT 1;", to: "migrations/" + file)
    #expect(throws: MigrationError.self) { try scratch.migrator() }
  }

  @Test func `a file that has no place is refused`() throws {
    let scratch = try Scratch()
    try scratch.write("SELECT 1;", to: "access/more.sql")
    let error = #expect(throws: MigrationError.self) { try scratch.migrator() }
    #expect(error?.description.contains("access/more.sql has no place") == true)
  }

  @Test func `a folder that is not there is named`() {
    let error = #expect(throws: MigrationError.self) { try SchemaFiles(folder: "/no/such/folder") }
    #expect(error?.description.contains("/no/such/folder") == true)
  }

  /// The migration after the last.
  private var later: String {
    let digits = "\(Schema.migrationNeeded + 1)"
    return "migrations/" + String(repeating: "0", count: 4 - digits.count) + digits + "_add_later.sql"
  }
}
