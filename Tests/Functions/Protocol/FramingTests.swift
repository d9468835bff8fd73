import Foundation
import FunctionRuntime
import Postgres
import StrictJSON
import TestSupport
import Testing

/// The built executables on descriptor 3, with damaged events and a database that hangs up: one line for each event, in
/// its turn, under its own id. The loop alone meets many more in FunctionRuntimeTests.
@Suite struct FramingTests {
  /// What was sent as one line, and what may come back.
  private struct Sent {
    let line: [UInt8]
    /// Nil when the line is damaged: it may have no id any more.
    let id: String?
    /// With 0 for an answer that has none: a damaged line may have become an invocation.
    let statuses: Set<Int64>
  }

  private static func envelope(_ event: Event, id: String) -> [UInt8] {
    (["value": event.json, "activation_id": .string(id), "deadline": "99999999999999"] as JSON).encoded
  }

  private static func sent(_ good: Event, _ number: Int, _ random: inout Seeded) -> Sent {
    let id = "act-\(number)"
    let line = envelope(good, id: id)
    switch Int.random(in: 0..<4, using: &random) {
    case 0:
      let damaged = AnyBytes.mutated(line, with: line, &random).map { $0 == UInt8(ascii: "\n") ? 0 : $0 }
      return Sent(line: damaged, id: nil, statuses: Set(200..<500).union([0, 503]))
    case 1: return Sent(line: envelope(Event("GET", "/no/such/path"), id: id), id: id, statuses: [404])
    default: return Sent(line: line, id: id, statuses: [200, 201, 401, 503])
    }
  }

  private static func expect(_ line: String?, answers sent: Sent, _ number: Int) throws {
    let reply = try Reply(#require(line, "the function ended before event \(number)"))
    if let id = sent.id { #expect(reply.header("x-request-id") == id) }
    #expect(sent.statuses.contains(reply.status ?? 0), "event \(number) got \(reply.outcome)")
  }

  /// By a thread of its own: a function that waits for its answers to be read does not read events.
  private static func send(_ sent: [Sent], to process: Executable) {
    let lines = sent.map { $0.line + [UInt8(ascii: "\n")] }
    Thread.detachNewThread {
      for start in stride(from: 0, to: lines.count, by: 50) {
        try? process.send(Array(lines[start..<min(start + 50, lines.count)].joined()))
      }
    }
  }

  @Test func `a database that hangs up again and again costs no answer and adds none`() throws {
    let device = try Device()
    let process = try overTCP()
    #expect(try process.line() == #"{"ok":true}"#)
    var random = Seeded(20_261_124)
    let sent = (0..<3000).map { number in
      FramingTests.sent(device.syncEvent(Practice.push(Practice.sessions(["s-\(number)"]))), number, &random)
    }
    FramingTests.send(sent, to: process)
    for (number, event) in sent.enumerated() {
      try FramingTests.expect(process.line(), answers: event, number)
      if number % 100 == 0 { try hangUp() }
    }
    #expect(try process.rest() == [] && process.finish() == 0)
    let sentinels = process.log().split(separator: "\n").count { $0 == "XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX" }
    #expect(sentinels == 2 * sent.count, "one on each of the two logs for each event")
  }

  @Test(arguments: FunctionName.onTheWeb) func `damaged events cost no answer and add none`(name: FunctionName) throws {
    let device = try Device()
    let process = try Executable(name, mode: .actionLoop)
    #expect(try process.line() == #"{"ok":true}"#)
    let good =
      switch name {
      case .sync: device.syncEvent(Practice.push(Practice.sessions(["a"])))
      case .stats: device.event("GET", "/summary")
      case .auth: Device.enrolment(id: device.id, secret: device.secret)
      case .admin, .worker: Event("GET", "/healthz")
      }
    var random = Seeded(20_261_124)
    let sent = (0..<1000).map { FramingTests.sent(good, $0, &random) }
    FramingTests.send(sent, to: process)
    for (number, event) in sent.enumerated() { try FramingTests.expect(process.line(), answers: event, number) }
    #expect(try process.rest() == [] && process.finish() == 0)
  }

  /// The only function here that comes to the database by TCP, so that its sessions can be told from others'.
  private func overTCP() throws -> Executable {
    let url = try #require(Fleet.environment(of: .sync)["DATABASE_URL"])
    let certificate = try String(contentsOfFile: TestEnvironment.value("BREATH_TEST_TLS_CA"), encoding: .utf8)
    return try Executable(
      .sync, ["DATABASE_URL": url + "&host=localhost", "DATABASE_CA_CERT": certificate], mode: .actionLoop)
  }

  private func hangUp() throws {
    _ = try Superuser.rows(
      """
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE application_name = 'breath-sync' AND client_addr IS NOT NULL
      """)
  }
}
