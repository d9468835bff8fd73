import FunctionRuntime
import Postgres
import StrictJSON
import TestSupport
import Testing

/// Wrong input gets the answer of the interface, writes nothing, and does not trouble the next event.
@Suite struct BadInputTests {
  private static let deep = String(repeating: "[", count: 9) + String(repeating: "]", count: 9)
  private static let manySessions = Practice.push(.array(Array(repeating: Practice.session("x"), count: 501))).text

  @Test(arguments: [
    ("empty", "", "400 invalid_json"),
    ("blank", " \n", "400 invalid_json"),
    ("not JSON", "hello", "400 invalid_json"),
    ("cut off", #"{"push": {"sessions": ["#, "400 invalid_json"),
    ("trailing comma", #"{"push": {},}"#, "400 invalid_json"),
    ("two values", "{} {}", "400 invalid_json"),
    ("duplicate keys", #"{"detail": "days", "detail": "sessions"}"#, "400 invalid_json"),
    ("the same key, escaped", #"{"detail": "days", "d\u0065tail": "sessions"}"#, "400 invalid_json"),
    ("NUL as it is", "{\"device\": {\"name\": \"a\0b\"}}", "400 invalid_event"),
    ("byte order mark", "\u{feff}{}", "400 invalid_json"),
    ("NaN", #"{"limit": NaN}"#, "400 invalid_json"),
    ("nested too deep", #"{"push": \#(deep)}"#, "413 content_too_large"),
    ("too many items", manySessions, "413 content_too_large"),
    ("1.1 MB", #"{"device": {"name": ""# + String(repeating: "x", count: 1_100_000) + #""}}"#, "413 content_too_large"),
    ("a list", "[]", "422 invalid_content"), ("null", "null", "422 invalid_content"),
    ("push is a text", #"{"push": "x"}"#, "422 invalid_content"),
    ("sessions is an object", #"{"push": {"sessions": {}}}"#, "422 invalid_content"),
    ("limit is a text", #"{"limit": "5"}"#, "422 invalid_content"),
    ("limit is 0", #"{"limit": 0}"#, "422 invalid_content"),
    ("limit is 501", #"{"limit": 501}"#, "422 invalid_content"),
    ("unknown detail", #"{"detail": "everything"}"#, "422 invalid_content"),
    ("cursor is a number", #"{"cursor": 7}"#, "422 invalid_content"),
    ("device is a list", #"{"device": []}"#, "422 invalid_content"),
    ("clock is no time", #"{"device": {"clock": "noon"}}"#, "422 invalid_content"),
    ("zone is a number", #"{"device": {"timeZone": 330}}"#, "422 invalid_content"),
  ])
  func `a wrong body is told apart and stores nothing`(name: String, body: String, outcome: String) throws {
    let device = try Device()
    let before = try device.state()
    let sync = try Executable(.sync)
    let reply = try sync.answer(device.event("POST", "", headers: ["content-type": "application/json"], body: body))
    #expect(reply.outcome == outcome)
    expectProblem(reply)
    #expect(try device.state() == before)
    #expect(try sync.answer(device.syncEvent(Practice.push(Practice.sessions(["a"]))))["accepted.stored"] == 1)
  }

  private func expectProblem(_ reply: Reply) {
    #expect(reply.header("content-type") == "application/problem+json")
    #expect(reply["status"] == reply.json["statusCode"] && reply["title"] != nil && reply["detail"] != nil)
    #expect(reply["instance"]?.string == reply.header("x-request-id").map { "urn:request:\($0)" })
    if reply.status == 422 || reply["code"] == "invalid_json" {
      #expect(reply["errors.0.pointer"] != nil && reply["errors.0.code"] != nil)
    }
  }

  @Test(arguments: ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
  func `another content type is 415`(type: String) throws {
    let device = try Device()
    let reply = try device.call(.sync, "POST", "", headers: ["content-type": type], body: "{}")
    #expect(reply.outcome == "415 unsupported_media_type")
    let compressed = try device.call(.sync, "POST", "", headers: ["content-encoding": "gzip"], body: "{}")
    #expect(compressed.outcome == "415 unsupported_encoding")
  }

  @Test(arguments: FunctionName.allCases) func `an unknown path is 404`(name: FunctionName) throws {
    for path in ["/nothing", "/summary/more", "//", "/../admin", "/keys.json/"] {
      let reply = try Fleet.call(name, Event("GET", path))
      #expect(reply.outcome == "404 not_found", "\(path)")
      expectProblem(reply)
    }
    for path in ["/%zz", "/%00", "/%ff"] {
      #expect(try Fleet.call(name, Event("GET", path)).outcome == "400 invalid_path", "\(path)")
    }
  }

  @Test(
    arguments: [
      (.sync, "GET", "", "POST, OPTIONS"), (.sync, "DELETE", "/import", "POST, OPTIONS"),
      (.sync, "POST", "/export", "GET, HEAD, OPTIONS"), (.stats, "POST", "/summary", "GET, HEAD, OPTIONS"),
      (.auth, "GET", "/anonymous", "POST, OPTIONS"), (.auth, "TRACE", "/token", "POST, OPTIONS"),
      (.admin, "PUT", "/healthz", "GET, HEAD, OPTIONS"),
    ] as [(FunctionName, String, String, String)])
  func `a wrong method is 405 and says which are right`(
    name: FunctionName, method: String, path: String, allow: String
  ) throws {
    let reply = try Fleet.call(name, Event(method, path))
    #expect(reply.outcome == "405 method_not_allowed")
    #expect(Set(reply.header("allow")?.split(separator: ", ") ?? []) == Set(allow.split(separator: ", ")))
    expectProblem(reply)
  }

  @Test(arguments: FunctionName.allCases) func `what is no event is answered, line for line`(name: FunctionName) throws
  {
    let process = try Executable(name)
    for line in ["garbage", "[]", #"{"http": "#, "\u{1}\u{2}", #"{"http": {"method": 7, "path": []}}"#] {
      try process.send(line + "\n")
      if line == #"{"http": "# { try process.send(Event("GET", "/nothing").line) }
      #expect([400, 404, 405].contains(try process.reply().status))
      if line == #"{"http": "# { #expect(try process.reply().outcome == "404 not_found") }
    }
    if name != .worker {
      try process.send("{}\n")
      #expect(try process.reply().outcome == "404 not_invocable")
    }
    #expect(try process.answer(Event("GET", "/nothing")).outcome == "404 not_found")
  }

  @Test(
    arguments: [
      (.sync, "/export", "limit=0"), (.sync, "/export", "limit=2001"), (.sync, "/export", "limit=x"),
      (.sync, "/export", "cursor=x"), (.sync, "/export", "shape=other"), (.sync, "/export", "limit=1&limit=2"),
      (.sync, "/export", "limit=%zz"),
      (.stats, "/days", "from=yesterday"), (.stats, "/days", "from=2025-02-30"),
      (.stats, "/days", "from=2025-01-02&to=2025-01-01"), (.stats, "/days", "from=2000-01-01&to=2025-01-01"),
    ] as [(FunctionName, String, String)])
  func `a wrong query is 400`(name: FunctionName, path: String, query: String) throws {
    let reply = try Device().call(name, "GET", path, query: query)
    #expect(reply.outcome == "400 invalid_query")
    expectProblem(reply)
  }

  @Test(arguments: ["detail=all", "dryRun=perhaps", "detail=days&detail=sessions"])
  func `a wrong query of an import stores nothing`(query: String) throws {
    let device = try Device()
    let before = try device.state()
    let reply = try device.call(.sync, "POST", "/import", query: query, body: RecordedExport.all[2].text)
    #expect(reply.outcome == "400 invalid_query")
    #expect(try device.state() == before)
  }

  @Test(arguments: ["{}", "[]", #"{"breathMaster": {}}"#, #"{"breathMaster": {"meditation": []}}"#])
  func `a file that is no export is named so`(body: String) throws {
    let reply = try Device().call(.sync, "POST", "/import", body: body)
    #expect(reply.outcome == "422 invalid_content")
    if body != "[]" { #expect(reply["errors.0.code"] == "not_an_export") }
  }

  @Test func `a body in base64 is read by the flag, and only by it`() throws {
    let device = try Device()
    var event = device.syncEvent([:])
    event.body = "e30="
    #expect(try Fleet.call(.sync, event).outcome == "400 invalid_json")
    try Fleet.withProcess(.sync) { sync in
      try sync.send(event.line.replacing("\"isBase64Encoded\":false", with: "\"isBase64Encoded\":true"))
      #expect(try sync.reply().status == 200)
      try sync.send(
        device.syncEvent([:]).line.replacing("\"isBase64Encoded\":false", with: "\"isBase64Encoded\":true"))
      #expect(try sync.reply().outcome == "400 invalid_body")
    }
  }

  @Test func `nothing that was sent shows in an answer to wrong input or in the log`() throws {
    let device = try Device()
    let sync = try Executable(.sync)
    let mark = "XyZZy7Secret"
    for body in [
      "{\"device\": [\"\(mark)\"]}", "{\"device\": {\"timeZone\": [\"\(mark)\"]}}",
      "{\"limit\": \"\(mark)\"}", "{\"cursor\": \"\(mark)\"}", "\(mark)", "{\"detail\": \"\(mark)\"}",
    ] {
      let reply = try sync.answer(device.event("POST", "", body: body))
      #expect((400...422).contains(reply.status ?? 0) && !reply.line.contains(mark))
    }
    let noticed = try sync.answer(
      device.event("POST", "", body: "{\"device\": {\"name\": \"\(mark)\\u202e\", \"timeZone\": \"\(mark)/\(mark)\"}}"))
    #expect(noticed.status == 200 && !noticed.line.contains(mark))
    _ = try sync.answer(Event("GET", "/\(mark)", query: mark, headers: ["authorization": "Bearer \(mark)", "x": mark]))
    sync.finish()
    for secret in [mark, device.accessToken, device.id, device.account] { #expect(!sync.log().contains(secret)) }
  }
}
