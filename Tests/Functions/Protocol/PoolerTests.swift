import Foundation
import FunctionRuntime
import Postgres
import StrictJSON
import TestSupport
import Testing

/// What only shows behind PgBouncer in transaction mode: `make test-pgbouncer` runs these, and all other tests too.
@Suite(
  .enabled(
    if: ProcessInfo.processInfo.environment["BREATH_POOLER_CONSOLE"] != nil,
    "needs a PgBouncer: run make test-pgbouncer"))
struct PoolerTests {
  /// The same database by a name that nobody else uses, so that its statistics are this test's alone.
  private static func witness(_ name: FunctionName) throws -> [String: String] {
    let url = try #require(Fleet.environment(of: name)["DATABASE_URL"])
    let other = url.replacing("@/breath?", with: "@/witness?")
    try #require(url != other)
    return ["DATABASE_URL": other]
  }

  /// Of SHOW STATS. PgBouncer's console knows the simple protocol only, hence psql.
  private func transactions(of database: String) throws -> Int {
    let psql = try Executable(
      "psql",
      arguments: ["-X", "-q", "-A", "-t", "-c", "SHOW STATS", TestEnvironment.value("BREATH_POOLER_CONSOLE")],
      ["PATH": TestEnvironment.value("PATH")])
    let rows = try psql.rest().map { $0.split(separator: "|") }
    return rows.first { $0[0] == database }.flatMap { Int($0[1]) } ?? 0
  }

  /// Connecting costs none, though it asks for a server that accepts writes: the pooler passes on what the server
  /// reported about itself.
  @Test func `a call is one transaction through the pooler, and connecting is none`() throws {
    let device = try Device()
    let before = try transactions(of: "witness")
    for round in 1...3 {
      let sync = try Executable(.sync, PoolerTests.witness(.sync))
      for call in 1...4 {
        #expect(
          try sync.answer(device.syncEvent(Practice.push(Practice.sessions(["\(round)-\(call)"])))).status == 200)
      }
    }
    #expect(try transactions(of: "witness") == before + 12)
  }

  @Test(arguments: FunctionName.databaseRoles)
  func `the limits that live on a role hold behind the pooler`(role: String) throws {
    let connection = try Connection(
      PostgresConfiguration(
        url: TestEnvironment.value(FunctionName.databaseURLName(ofRole: role)), usesTransactionPooler: true,
        applicationName: "breath-function-tests", connectTimeout: .seconds(30)))
    let row = try #require(
      connection.rows(
        """
        SELECT current_setting('statement_timeout') AS statement, current_setting('lock_timeout') AS lock,
          current_setting('idle_in_transaction_session_timeout') AS idle
        """
      ).first)
    #expect([try row["statement"], try row["lock"], try row["idle"]] == ["8s", "1200ms", "5s"])
  }

  /// Two server sessions serve them all, so each session serves many callers, and none sees another's account.
  @Test func `callers who share a server session see their own practice only`() throws {
    let people = try (1...6).map { _ in try Device() }
    let processes = try people.map { _ in try Executable(.sync) }
    for round in 0..<5 {
      for (person, process) in zip(people, processes) {
        try process.send(person.syncEvent(Practice.push(Practice.sessions(["\(person.id) \(round)"]))).line)
      }
      for process in processes { #expect(try process.reply()["progress.sessions"] == .integer(Int64(round + 1))) }
    }
    for person in people {
      let export = try person.call(.sync, "GET", "/export")
      for other in people { #expect(export.line.contains(other.id + " ") == (other.id == person.id)) }
    }
  }

  @Test func `a server session that dies under a push is replaced, and the push counts once`() throws {
    let device = try Device()
    let sync = try Executable(.sync)
    for name in ["a", "b", "c"] {
      let holder = try LockHolder(device.account)
      try sync.send(device.syncEvent(Practice.push(Practice.sessions([name]))).line)
      let waiting = try holder.waitUntilSomebodyWaits()
      try holder.release()
      _ = try Superuser.rows("SELECT pg_terminate_backend(\(waiting))")
      #expect(try sync.reply().status == 200)
    }
    #expect(try device.sync([:])["progress.sessions"] == 3)
  }
}
