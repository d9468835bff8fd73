import Backend
import Foundation
import Postgres
import SyncFunction
import TestSupport
import Testing

/// The files in `sql/` and what they make are one.
@Suite struct SchemaFilesTests {
  private static let folder = Database.root.appending(path: "sql")

  private static func files(under folder: String) throws -> [URL] {
    let paths = try FileManager.default.subpathsOfDirectory(atPath: Database.root.appending(path: folder).path)
    return paths.filter { $0.hasSuffix(".sql") || $0.hasSuffix(".swift") }.map {
      Database.root.appending(path: folder).appending(path: $0)
    }
  }

  /// Names in the place of calls: `breath.name(`.
  private static func calls(in text: String) -> Set<String> {
    Set(text.matches(of: /\bbreath\.([a-z_]+)\(/).map { String($0.output.1) })
  }

  private static func definedFunctions() throws -> Set<String> {
    Set(try files(under: "sql/functions").map { $0.deletingPathExtension().lastPathComponent })
  }

  @Test func `every function has a file of its name, and every file its function`() throws {
    let inDatabase = try Database.texts(
      "SELECT proname::text AS value FROM pg_proc WHERE pronamespace = 'breath'::regnamespace")
    #expect(Set(inDatabase) == (try SchemaFilesTests.definedFunctions()))
    for file in try SchemaFilesTests.files(under: "sql/functions") {
      let name = file.deletingPathExtension().lastPathComponent
      let text = try String(contentsOf: file, encoding: .utf8)
      #expect(text.contains("CREATE OR REPLACE FUNCTION breath.\(name)("), "\(name)")
      #expect(text.contains("REVOKE ALL ON FUNCTION breath.\(name) FROM PUBLIC;"), "\(name)")
    }
  }

  /// Its body may be newer than the tables are at that moment.
  @Test func `a migration calls no function of ours`() throws {
    let functions = try SchemaFilesTests.definedFunctions()
    for file in try SchemaFilesTests.files(under: "sql/migrations") {
      let called = SchemaFilesTests.calls(in: try String(contentsOf: file, encoding: .utf8)).intersection(functions)
      #expect(called == [], "\(file.lastPathComponent)")
    }
  }

  /// Where accounts lie in several databases that is no update. What a merge does is in its own files.
  @Test func `nothing but a merge moves rows to another account`() throws {
    let files = try SchemaFilesTests.files(under: "sql/functions") + SchemaFilesTests.files(under: "Sources")
    let moving = try files.filter { file in
      try String(contentsOf: file, encoding: .utf8).contains(/SET\s+account_id\s*=/)
    }
    #expect(!moving.isEmpty && moving.allSatisfy { $0.path.contains("/sql/functions/merge/") }, "\(moving)")
  }

  @Test func `Swift calls no function that is not there`() throws {
    let functions = try SchemaFilesTests.definedFunctions()
    var called: Set<String> = []
    for file in try SchemaFilesTests.files(under: "Sources") {
      called.formUnion(SchemaFilesTests.calls(in: try String(contentsOf: file, encoding: .utf8)))
    }
    #expect(called.count > 50 && called.subtracting(functions) == [])
  }

  /// Else a refusal in SQL would reach the caller as a fault of ours.
  @Test func `every code that SQL raises is one that Swift knows, and the other way round`() throws {
    func codes(under folder: String, _ pattern: Regex<(Substring, Substring)>) throws -> Set<String> {
      try SchemaFilesTests.files(under: folder).reduce(into: []) { codes, file in
        let text = try String(contentsOf: file, encoding: .utf8)
        codes.formUnion(text.matches(of: pattern).map { String($0.output.1) })
      }
    }
    let raised = try codes(under: "sql/functions", /'(BM[0-9][0-9A-Z]{2})'/)
    // Caught in SQL: a merge that was only tried; and a warning.
    #expect(try raised.subtracting(["BM001", "BM100"]) == codes(under: "Sources", /"(BM[0-9][0-9A-Z]{2})"/))
  }

  /// Else a word of one side would be a fault, or a sentence that nobody ever reads, of the other.
  @Test func `every outcome that a storing function says is one that Swift knows, and the other way round`() throws {
    let words = try SchemaFilesTests.files(under: "sql/functions/sync").reduce(into: Set<String>()) { words, file in
      let text = try String(contentsOf: file, encoding: .utf8)
      words.formUnion(text.matches(of: /\b(?:THEN|ELSE|RETURN|status :=)\s+'([a-z_]+)'/).map { String($0.output.1) })
    }
    // Said in a call that answers nothing (`fold_sessions`).
    #expect(words.subtracting(["elsewhere"]) == Set(Outcome.allCases.map(\.rawValue)))
  }

  @Test func `schema.sql is what the files make`() throws {
    let dump = FileManager.default.temporaryDirectory.appending(path: "schema-\(UUID().uuidString).sql")
    defer { try? FileManager.default.removeItem(at: dump) }
    try Command.run("scripts/schema.sh", ["dump", dump.path])
    let committed = try String(contentsOf: SchemaFilesTests.folder.appending(path: "schema.sql"), encoding: .utf8)
    #expect(try String(contentsOf: dump, encoding: .utf8) == committed, "run make schema")
  }
}
