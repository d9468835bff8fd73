import FunctionRuntime
import StrictJSON
import TestSupport
import Testing

/// One event, one line: as a person pipes events in, and as the platform does.
@Suite struct LineTests {
  private let health = Event("GET", "/healthz")

  private static func pretty(_ event: Event) -> String {
    let headers = event.headers.map { "      \"\($0)\": \"\($1)\"" }.joined(separator: ",\n")
    return """
      {
        "http": {
          "method": "\(event.method)",
          "path": "\(event.path)",
          "headers": {
      \(headers)
          },
          "queryString": "", "body": ""
        }
      }

      """
  }

  @Test(arguments: [1, 2, 5]) func `so many events give so many lines`(count: Int) throws {
    let admin = try Executable(.admin)
    try admin.send(String(repeating: health.line, count: count))
    let lines = try admin.rest()
    #expect(lines.count == count)
    for line in lines { #expect(try Reply(line).outcome == "200") }
    #expect(admin.finish() == 0)
  }

  @Test func `a pretty-printed event gives the same answer on one line, two of them two lines`() throws {
    let admin = try Executable(.admin)
    try admin.send(LineTests.pretty(health) + LineTests.pretty(health) + health.line)
    let lines = try admin.rest()
    #expect(lines.count == 3)
    #expect(try Set(lines.map { try Reply($0).body.text }) == ["{\"status\":\"ok\"}"])
  }

  @Test func `no event gives no line and a clean end`() throws {
    let admin = try Executable(.admin)
    #expect(try admin.rest() == [])
    #expect(admin.finish() == 0)
  }

  @Test(arguments: FunctionName.allCases)
  func `on descriptor 3 each function says that it is ready, then a line an event`(name: FunctionName) throws {
    let function = try Executable(name, mode: .actionLoop)
    #expect(try function.line() == #"{"ok":true}"#)
    let envelope: JSON = [
      "value": Event("GET", "/no/such/path").json, "activation_id": "0123456789abcdef0123456789abcdef",
      "deadline": "99999999999999",
    ]
    for _ in 1...3 {
      let reply = try {
        try function.send(envelope.text + "\n")
        return try function.reply()
      }()
      #expect(reply.outcome == "404 not_found" && reply.header("x-request-id") == "0123456789abcdef0123456789abcdef")
    }
    #expect(try function.rest() == [])
    #expect(function.finish() == 0)
    let sentinels = function.log().split(separator: "\n").count { $0 == "XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX" }
    #expect(sentinels == 6, "one on each of the two logs for each event")
  }

  @Test func `events that work with the database go through descriptor 3 as well`() throws {
    let device = try Device()
    let sync = try Executable(.sync, mode: .actionLoop)
    _ = try sync.line()
    for stored in [2, 0] as [Int64] {
      try sync.send(
        (["value": device.syncEvent(Practice.push(Practice.sessions(["a", "b"]))).json] as JSON).text + "\n")
      #expect(try sync.reply()["accepted.stored"] == .integer(stored))
    }
  }
}
