import Foundation
import FunctionRuntime
import Postgres
import StrictJSON
import TestSupport
import Testing

/// The database goes away in the middle, and comes back.
@Suite struct OutageTests {
  private func expectAway(_ reply: Reply) {
    #expect(reply.outcome == "503 database_unavailable")
    #expect(reply.header("retry-after").flatMap { Int($0) } ?? 0 >= 1)
    #expect(reply.header("content-type") == "application/problem+json")
  }

  @Test func `while the database is away the answer is 503, and the next event is fine when it is back`() throws {
    let device = try Device()
    let door = try Door(of: .sync)
    let sync = try Executable(.sync, door.environment)
    let first = device.syncEvent(Practice.push(Practice.sessions(["a"])))
    #expect(try sync.answer(first)["accepted.stored"] == 1)
    let before = try device.state()
    try door.shut()
    door.cut()
    let second = device.syncEvent(Practice.push(Practice.sessions(["a", "b"])))
    for _ in 0..<3 { expectAway(try sync.answer(second)) }
    #expect(try device.state() == before)
    try door.open()
    #expect(try sync.answer(second)["accepted"] == ["stored": 1, "duplicate": 1, "flagged": 0, "rejected": 0])
  }

  @Test func `a session that was cut between two events is replaced unseen`() throws {
    let device = try Device()
    let sync = try Executable(.sync)
    for name in ["a", "b", "c"] {
      #expect(try sync.answer(device.syncEvent(Practice.push(Practice.sessions([name]))))["accepted.stored"] == 1)
      try endSessions(of: sync)
    }
  }

  /// The push waits for the account's lock when its session is cut and the door shuts: nothing is half written.
  @Test func `a push that is cut in the middle is 503 or done, and never half done`() throws {
    let device = try Device()
    _ = try device.sync(Practice.push(Practice.sessions(["a"])))
    let before = try device.state()
    let door = try Door(of: .sync)
    let sync = try Executable(.sync, door.environment)
    let push = device.syncEvent(Practice.push(Practice.sessions(["a", "b", "c"])))
    let holder = try LockHolder(device.account)
    try sync.send(push.line)
    let waiting = try holder.waitUntilSomebodyWaits()
    try door.shut()
    _ = try Superuser.rows("SELECT pg_terminate_backend(\(waiting))")
    expectAway(try sync.reply())
    try holder.release()
    #expect(try device.state() == before)
    try door.open()
    #expect(try sync.answer(push)["accepted.stored"] == 2)
  }

  @Test func `a push whose session is cut once runs again by itself`() throws {
    let device = try Device()
    let sync = try Executable(.sync)
    let holder = try LockHolder(device.account)
    try sync.send(device.syncEvent(Practice.push(Practice.sessions(["a", "b"]))).line)
    let waiting = try holder.waitUntilSomebodyWaits()
    try holder.release()
    _ = try Superuser.rows("SELECT pg_terminate_backend(\(waiting))")
    let reply = try sync.reply()
    let accepted = [try reply.integer("accepted.stored"), try reply.integer("accepted.duplicate")]
    #expect(accepted == [2, 0] || accepted == [0, 2], "stored now, or by the attempt whose answer was lost")
    #expect(reply["progress.sessions"] == 2)
  }

  @Test(arguments: FunctionName.onTheWeb)
  func `where nothing listens every function says 503, and what needs no database still works`(
    name: FunctionName
  ) throws {
    let device = try Device()
    let process = try Executable(name, ["DATABASE_URL": "postgresql://nobody:hunter2@127.0.0.1:1/breath"])
    let event =
      switch name {
      case .auth: Device.enrolment(id: Device.newID(), secret: Device.newSecret())
      case .sync: device.syncEvent([:])
      case .stats: device.event("GET", "/summary")
      case .admin, .worker: Event("GET", "/readyz")
      }
    for _ in 0..<2 { expectAway(try process.answer(event)) }
    #expect(try process.answer(Event("GET", "/nothing")).outcome == "404 not_found")
    if name == .admin { #expect(try process.answer(Event("GET", "/healthz")).outcome == "200") }
    process.finish()
    for secret in ["hunter2", device.accessToken, device.secret] { #expect(!process.log().contains(secret)) }
  }

  @Test(arguments: FunctionName.onTheWeb)
  func `a function that is not configured says so and goes on`(name: FunctionName) throws {
    let process = try Executable(name, ["DATABASE_URL": ""])
    let event =
      switch name {
      case .auth: Event("GET", "/jwks.json")
      case .sync: Event("GET", "/export")
      case .stats: Event("GET", "/summary")
      case .admin, .worker: Event("GET", "/readyz")
      }
    for _ in 0..<2 { #expect(try process.answer(event).outcome == "503 not_configured") }
    process.finish()
    #expect(process.log().contains("DATABASE_URL is not set"), "the operator is told which variable")
  }

  /// Terminates the server sessions a process holds, found by the process's own sockets.
  private func endSessions(of process: Executable) throws {
    let marker = "breath-sync"
    let connection = try Superuser.connect()
    // All idle sessions of that function: other tests' processes notice and connect again, which is part of the law.
    _ = try connection.rows(
      """
      SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
      WHERE application_name = \(marker) AND state = 'idle'
      """)
  }
}
