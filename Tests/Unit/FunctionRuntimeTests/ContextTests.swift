import FoundationEssentials
import FunctionRuntime
import StrictJSON
import Testing

@Suite struct ContextTests {
  @Test(
    arguments: [
      ("act-1", "mine", "act-1"), (nil, "mine", "mine"), ("", "a.b_C-9", "a.b_C-9"), ("a b", "mine", "mine"),
      (nil, nil, "00000000000000010000000000000002"), (nil, "a\"b", "00000000000000010000000000000002"),
      (nil, "a\r\nb", "00000000000000010000000000000002"), (nil, "caf\u{E9}", "00000000000000010000000000000002"),
      (nil, String(repeating: "a", count: 65), "00000000000000010000000000000002"),
      (String(repeating: "a", count: 64), nil, String(repeating: "a", count: 64)),
    ] as [(String?, String?, String)])
  func `the request id is the platform's, else the caller's if plain, else random`(
    activation: String?, header: String?, expected: String
  ) {
    let headers = Headers(header.map { [("X-Request-Id", $0)] } ?? [])
    #expect(Context(activationID: activation, headers: headers, world: .fixed()).requestID == expected)
  }

  private static let trace = "0af7651916cd43dd8448eb211c80319c"

  @Test(arguments: [
    ("00-\(trace)-b7ad6b7169203331-01", "00-\(trace)-0000000000000003-01"),
    ("00-\(trace)-b7ad6b7169203331-00", "00-\(trace)-0000000000000003-00"),
    ("00-\(trace)-b7ad6b7169203331-03", "00-\(trace)-0000000000000003-01"),
    ("cc-\(trace)-b7ad6b7169203331-01-what-comes", "00-\(trace)-0000000000000003-01"),
  ])
  func `a trace goes on with a new span`(incoming: String, outgoing: String) {
    #expect(Context(headers: Headers([("traceparent", incoming)]), world: .fixed()).traceparent == outgoing)
  }

  @Test(arguments: [
    nil, "", "00", "00-\(trace)-b7ad6b7169203331-01-more", "ff-\(trace)-b7ad6b7169203331-01",
    "00-\(trace.uppercased())-b7ad6b7169203331-01", "00-00000000000000000000000000000000-b7ad6b7169203331-01",
    "00-\(trace)-0000000000000000-01", "00-\(trace)-b7ad6b716920333-01", "00-\(trace)-b7ad6b7169203331-0g",
    "0-\(trace)-b7ad6b7169203331-01", "00-\(trace)x-b7ad6b7169203331-01", "00-\(trace)-b7ad6b7169203331-01\r\nX: y",
  ])
  func `a broken traceparent begins a new trace`(incoming: String?) {
    let headers = Headers(incoming.map { [("traceparent", $0)] } ?? [])
    #expect(
      Context(headers: headers, world: .fixed()).traceparent
        == "00-00000000000000030000000000000004-0000000000000005-00")
  }

  @Test(
    arguments: [
      (nil, 25.0), (10_000, 9), (60_000, 25), (26_000, 25), (1_500, 0.5), (1_000, 0), (-5_000, 0), (.max, 25),
      (.min, 0),
    ] as [(Int64?, Double)])
  func `the deadline is the event's less a second, at most 25 s away and never past`(fromNowMs: Int64?, seconds: Double)
  {
    let world = World.fixed()
    let deadlineMs = fromNowMs.map {
      $0.addingReportingOverflow(1_800_000_000_000).overflow ? $0 : $0 + 1_800_000_000_000
    }
    let context = Context(deadlineMs: deadlineMs, world: world)
    let left = (context.deadline - world.instant()) / .seconds(1)
    #expect(abs(left - seconds) < 0.001)
    #expect(context.now == Date(timeIntervalSince1970: 1_800_000_000))
  }

  @Test func `the deadline of an event reaches the handler, as text or number`() async throws {
    for deadline in ["1800000011000" as JSON, 1_800_000_011_000] {
      let world = World.fixed()
      let instant = world.instant()
      let responder = responder(world: world) { _, context in
        Reply(200, json: ["left": .double((context.deadline - instant) / .seconds(1))])
      }
      let answer = try await responder.answer(["value": raw("GET", "/x"), "deadline": deadline])
      #expect(answer.body?["left"] == 10)
    }
  }

  @Test(arguments: [("1800000301000", 300.0), ("1899999999999", 900), (nil, 25)] as [(String?, Double)])
  func `an invocation may take as long as its event says`(deadline: String?, seconds: Double) async throws {
    let world = World.fixed()
    let instant = world.instant()
    let function = Function(
      name: "test", routes: [],
      onInvocation: { _, context in ["left": .double((context.deadline - instant) / .seconds(1))] })
    let answer = try await Responder(function, world: world).answer(envelope(["task": "x"], deadline: deadline))
    #expect(answer.json["left"] == .double(seconds))
  }

  @Test func `what is measured adds up by name, and app is the rest`() async throws {
    struct Failed: Error {}
    var world = World.fixed()
    var instant = ContinuousClock.now
    world.instant = {
      instant += .milliseconds(1)
      return instant
    }
    let responder = responder(world: world) { _, context in
      #expect(context.measure { 7 } == 7)
      context.measure("hash") {}
      #expect(throws: Failed.self) { try context.measure("db") { throw Failed() } }
      return Reply(200)
    }
    let cold = try await responder.answer(raw("GET", "/x"))
    #expect(cold.header("Server-Timing") == "db;dur=2.0, hash;dur=1.0, app;dur=4.0, cold")
    let warm = try await responder.answer(raw("GET", "/x"))
    #expect(warm.header("Server-Timing") == "db;dur=2.0, hash;dur=1.0, app;dur=4.0")
  }

  @Test func `a refused line is the first one too`() async throws {
    let responder = responder { _, _ in Reply(200) }
    #expect(try Answer(await responder.answer([0x78])).header("Server-Timing")?.hasSuffix("cold") == true)
    #expect(try await responder.answer(raw("GET", "/x")).header("Server-Timing")?.hasSuffix("cold") == false)
  }

  @Test func `an environment is read once, and empty counts as absent`() {
    let environment = Environment(["DATABASE_URL": "1=2", "BREATH_JWKS": ""])
    #expect(environment[.databaseURL] == "1=2" && environment[.jwks] == nil && environment[.issuer] == nil)
    for variable in Variable.allCases {
      let value = ProcessInfo.processInfo.environment[variable.rawValue]
      #expect(Environment.process[variable] == (value == "" ? nil : value))
    }
  }

  @Test func `no function reads a variable that the list does not give it`() {
    let everything = Environment(
      Dictionary(uniqueKeysWithValues: Variable.allCases.map { ($0.rawValue, "for \($0)") }))
    for function in FunctionName.allCases {
      let own = everything.limited(to: function.variables)
      for variable in Variable.allCases { #expect((own[variable] != nil) == function.variables.contains(variable)) }
      #expect((own[.signingKey] != nil) == (function == .auth))
    }
  }

  @Test func `a function is given its own database as the database, and nothing that is another's`() {
    let operators = [
      "DATABASE_URL": "nobody's", "DATABASE_URL_SYNC": "sync's", "DATABASE_URL_ADMIN": "admin's",
      "MIGRATE_DATABASE_URL": "the administrator's", "BREATH_SIGNING_KEY": "auth's", "BREATH_ISSUER": "everybody's",
    ]
    #expect(
      FunctionName.sync.environment(from: operators) == ["DATABASE_URL": "sync's", "BREATH_ISSUER": "everybody's"])
    #expect(
      FunctionName.worker.environment(from: operators) == ["DATABASE_URL": "admin's", "BREATH_ISSUER": "everybody's"])
    #expect(
      FunctionName.auth.environment(from: operators) == [
        "BREATH_SIGNING_KEY": "auth's", "BREATH_ISSUER": "everybody's",
      ])
  }

  @Test func `the world as it is draws and tells the time`() {
    let world = World()
    #expect(world.random() != world.random())
    #expect(Context(world: world).requestID.utf8.count == 32)
    #expect(world.now().timeIntervalSince1970 > 1_700_000_000)
    #expect(world.instant() <= .now)
  }
}

@Suite struct LogTests {
  private func line(_ message: String, _ fields: [String: JSON]) throws -> (json: JSON, bytes: [UInt8]) {
    let log = try ScratchFile()
    Context(activationID: "act-1", world: .fixed(log: log.descriptor.number)).log(.warning, message, fields)
    let bytes = try log.bytes()
    #expect(bytes.filter { $0 == UInt8(ascii: "\n") }.count == 1 && bytes.last == UInt8(ascii: "\n"))
    return (try JSON(parsing: bytes, limits: .trusted), bytes)
  }

  @Test func `a line is one object with time, level, and request id`() throws {
    let (json, _) = try line("hello", ["a": 1, "b": nil, "c": true, "d": 1.5, "e": "x"])
    #expect(
      json == [
        "time": "2027-01-15T08:00:00.000Z", "level": "warning", "message": "hello", "request_id": "act-1", "a": 1,
        "b": nil,
        "c": true, "d": 1.5, "e": "x",
      ])
  }

  @Test func `nothing breaks the line or fakes another`() throws {
    let (json, bytes) = try line(
      "a\nb\u{1B}[31m", ["x": "\r\n{\"level\":\"info\"}", "y": .raw("[\n1]"), "level": "info"])
    #expect(json["message"] == "a\nb\u{1B}[31m" && json["level"] == "warning")
    #expect(json["y"] == "[\n1]")
    #expect(!bytes.dropLast().contains { $0 < 0x20 })
  }

  @Test func `long values are cut between characters, many fields dropped`() throws {
    let long = String(repeating: "\u{20AC}", count: 1000)
    var fields: [String: JSON] = ["a": .string(long), "b": .array([.string(long)])]
    for number in 0..<100 { fields["z\(number)"] = 0 }
    fields[String(repeating: "k", count: 1000)] = 1
    let (json, bytes) = try line(long, fields)
    #expect(bytes.count < 8192)
    #expect(json["message"]?.string == String(repeating: "\u{20AC}", count: 341) + "\u{2026}")
    #expect(json["a"]?.string == String(repeating: "\u{20AC}", count: 170) + "\u{2026}")
    #expect(json["b"]?.string?.hasSuffix("\u{2026}") == true)
    #expect(json.object?.count == 4 + 24)
  }

  @Test func `a log that cannot be written fails nothing`() {
    Context(world: .fixed(log: -1)).log(.error, "lost")
  }

  @Test func `an event leaves one line, without its path or query`() async throws {
    let log = try ScratchFile()
    let responder = responder(.get, "/cards/{slug}", world: .fixed(log: log.descriptor.number)) { _, _ in Reply(200) }
    _ = try await responder.answer(envelope(raw("GET", "/cards/s3cret", query: "token=s3cret"), id: "act-1"))
    let lines = try log.lines()
    #expect(lines.count == 1)
    let json = try JSON(parsing: try #require(lines.first), limits: .trusted)
    #expect(
      json["route"] == "/cards/{slug}" && json["method"] == "GET" && json["status"] == 200 && json["function"] == "test"
    )
    #expect(json["cold"] == true && json["request_id"] == "act-1")
    #expect(!json.text.contains("s3cret"))
  }
}
