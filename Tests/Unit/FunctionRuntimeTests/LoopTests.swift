import FunctionRuntime
import StrictJSON
import TestSupport
import Testing

/// A function that answers with what it was given, fails when it is told to, and keeps nothing.
private var sample: Function {
  Function(
    name: "sample",
    routes: [
      Route(.post, "") { request, context in
        let body = try request.json()
        context.log(.info, "handling")
        if body["fail"].exists { throw DescriptorError(call: "sample", code: 1) }
        if body["big"].exists { return Reply(200, json: ["big": .string(String(repeating: "b", count: 900_000))]) }
        return Reply(200, json: body.json ?? [])
      }
    ],
    onInvocation: { json, context in ["id": .string(context.requestID)] })
}

private let sentinel = "XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX"

private func post(_ body: String) -> JSON { raw("POST", body: body) }

private func joined(_ lines: [[UInt8]]) -> [UInt8] { lines.flatMap { $0 + [UInt8(ascii: "\n")] } }

@Suite struct ActionLoopTests {
  @Test func `the acknowledgement comes first, then one line for each line, with sentinels on both streams`()
    async throws
  {
    let lines = [
      envelope(post(#"{"a":1}"#), id: "one").encoded, [], Array("garbage".utf8), envelope([:], id: "four").encoded,
    ]
    let recording = try await Recording(sample, joined(lines), waitsForAck: true)
    let results = try recording.results.lines()
    #expect(results.count == 5)
    #expect(results[0] == Array(#"{"ok":true}"#.utf8))
    let answers = try results[1...].map { try Answer($0 + [UInt8(ascii: "\n")]) }
    #expect(answers[0].body == ["a": 1] && answers[0].header("X-Request-Id") == "one")
    #expect(answers[1].status == 400 && answers[2].status == 400)
    #expect(answers[3].json == ["id": "four"])
    #expect(try recording.output.text() == String(repeating: sentinel + "\n", count: 4))
    #expect(try recording.log.lines().filter { $0 == Array(sentinel.utf8) }.count == 4)
  }

  @Test func `logs come before sentinels, and the answer last`() async throws {
    let events = try ScratchFile(
      joined([envelope(post(#"{"fail":1}"#), id: "one").encoded, envelope(post("[]"), id: "two").encoded]))
    let all = try ScratchFile()
    defer { withExtendedLifetime((events, all)) {} }
    let streams = Streams(
      events: events.descriptor, output: all.descriptor, log: all.descriptor, results: all.descriptor)
    try await sample.serve(streams, world: .fixed(["__OW_WAIT_FOR_ACK": "1"], log: all.descriptor.number))
    let kinds = try all.lines().map { line -> String in
      if line == Array(sentinel.utf8) { return "sentinel" }
      let json = try JSON(parsing: line, limits: .trusted)
      return json["statusCode"] != nil ? "answer" : json["message"]?.string ?? "ready"
    }
    #expect(
      kinds == [
        "ready", "handling", "request failed", "answered", "sentinel", "sentinel", "answer",
        "handling", "answered", "sentinel", "sentinel", "answer",
      ])
  }

  @Test func `the last line needs no line feed, and nothing at all is a clean end`() async throws {
    let one = try await Recording(sample, envelope(post("[]")).encoded, waitsForAck: true)
    #expect(try one.results.lines().count == 2)
    let none = try await Recording(sample, [], waitsForAck: true)
    #expect(try none.results.text() == "{\"ok\":true}\n")
    #expect(try none.output.text().isEmpty)
  }

  @Test func `a line beyond 8 MiB gets one 413, and the next line its own answer`() async throws {
    let edge = [UInt8](repeating: UInt8(ascii: " "), count: 8 << 20)
    let lines = [
      edge + [UInt8(ascii: " ")], envelope(post("[1]"), id: "two").encoded, edge,
      envelope(post("[2]"), id: "four").encoded,
    ]
    let recording = try await Recording(sample, joined(lines), waitsForAck: true)
    let answers = try recording.results.lines().dropFirst().map { try Answer($0 + [UInt8(ascii: "\n")]) }
    #expect(answers.map(\.status) == [413, 200, 400, 200])
    #expect(answers[1].header("X-Request-Id") == "two" && answers[3].body == [2])
    #expect(try recording.output.lines().count == 4)
  }

  /// The promise that matters most: an answer too many, or one too few, gives every later caller another's data.
  @Test(arguments: [20_261_123] as [UInt64]) func `ten thousand good and bad lines get ten thousand answers in order`(
    seed: UInt64
  ) async throws {
    var random = Seeded(seed)
    var lines: [[UInt8]] = []
    var expected: [(id: String?, status: Int64?)] = []
    for number in 0..<10_000 {
      let (line, status) = anyLine(&random, id: "act-\(number)")
      lines.append(line)
      expected.append((status == 400 && !line.starts(with: "{\"value\"".utf8) ? nil : "act-\(number)", status))
    }
    let recording = try await Recording(sample, joined(lines), waitsForAck: true)
    let results = try recording.results.lines().dropFirst()
    #expect(results.count == 10_000)
    #expect(try recording.output.lines().count == 10_000)
    for (result, expected) in zip(results, expected) {
      let answer = try Answer(result + [UInt8(ascii: "\n")])
      #expect(answer.status == expected.status)
      let id = answer.header("X-Request-Id") ?? answer.json["id"]?.string
      #expect(expected.id == nil || id == expected.id)
      if let id = answer.body?["id"] { #expect(id.string == expected.id, "the body is this caller's") }
    }
  }

  /// A line without a line feed inside, and the status it must get; nil for an invocation's answer.
  private func anyLine(_ random: inout Seeded, id: String) -> (line: [UInt8], status: Int64?) {
    switch Int.random(in: 0..<10, using: &random) {
    case 0: return ([], 400)
    case 1:
      let garbage = (0..<Int.random(in: 1...200, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      return (garbage.map { $0 == UInt8(ascii: "\n") ? 0 : $0 }, 400)
    case 2:
      return (Array(envelope(post("[]"), id: id).encoded.dropLast(Int.random(in: 1...9, using: &random))).cut, 400)
    case 3: return (envelope(["task": "x"], id: id).encoded, nil)
    case 4: return (envelope(post(#"{"fail":1}"#), id: id).encoded, 500)
    case 5: return (envelope(post("{"), id: id).encoded, 400)
    case 6: return (envelope(raw("GET", "/nope"), id: id).encoded, 404)
    case 7: return (envelope(raw("PUT"), id: id).encoded, 405)
    default: return (envelope(post(#"{"id":"\#(id)"}"#), id: id).encoded, 200)
    }
  }

  @Test func `an answer that is not one line ends the loop, and so does a lost reader`() async throws {
    let gone = try Pipe()
    gone.reader.close()
    let events = try ScratchFile()
    defer { withExtendedLifetime(events) {} }
    let streams = Streams(
      events: events.descriptor, output: events.descriptor, log: events.descriptor, results: gone.writer)
    await #expect(throws: DescriptorError(call: "write", code: 32)) {
      try await sample.serve(streams, world: .fixed(["__OW_WAIT_FOR_ACK": "1"]))
    }
    gone.writer.close()
    let loop = ActionLoop(responder: Responder(sample, world: .fixed()), streams: streams)
    for answer in ["", "{}", "{}\n{}\n", "[]\n", "{\n}\n"] {
      #expect(throws: BrokenInvariant.self) { try loop.send(Array(answer.utf8)) }
    }
  }

  @Test func `without the platform's descriptor the loop does not begin`() async throws {
    await #expect(throws: DescriptorError(call: "fcntl", code: 9)) {
      try await sample.serve(Streams(results: Descriptor(-1)), world: .fixed(["__OW_WAIT_FOR_ACK": "1"]))
    }
  }
}

extension [UInt8] {
  /// So that a cut line is still told from garbage that has no id.
  fileprivate var cut: [UInt8] { [UInt8(ascii: "!")] + self }
}

@Suite struct PipedLoopTests {
  @Test func `objects on one line or many, mixed with garbage, get a line each`() async throws {
    let input = """
      {"http":{"method":"POST","path":"","body":"[1]"}}
      {
        "http": {
          "method": "POST", "path": "", "body": "[2]"
        }
      }
      garbage {
      {"value":{"http":{"method":"POST","path":"","body":"[3]"}},"activation_id":"three"}{"task":"x"}

      {"http":{"method":"POST"
      {"http":{"method":"POST","path":"","body":"[4]"}} trailing
      {"unfinished":
      """
    let recording = try await Recording(sample, Array(input.utf8), waitsForAck: false)
    let answers = try recording.output.lines().map { try Answer($0 + [UInt8(ascii: "\n")]) }
    #expect(answers.map(\.status) == [200, 200, 400, 200, nil, 400, 200, 400, 400])
    #expect(answers.compactMap(\.body?.array) == [[1], [2], [3], [4]])
    #expect(answers[3].header("X-Request-Id") == "three")
    #expect(!(try recording.log.text()).contains(sentinel))
    #expect(try recording.results.bytes().isEmpty)
  }

  @Test func `no input is no answer`() async throws {
    #expect(try await Recording(sample, Array(" \n\n".utf8), waitsForAck: false).output.bytes().isEmpty)
  }

  @Test func `an object beyond 8 MiB gets one 413`() async throws {
    let long = Array("{\"a\":\"".utf8) + [UInt8](repeating: UInt8(ascii: "x"), count: 8 << 20) + Array("\"}\n".utf8)
    let recording = try await Recording(sample, long + post("[1]").encoded, waitsForAck: false)
    #expect(try recording.output.lines().map { try Answer($0 + [UInt8(ascii: "\n")]).status } == [413, 200])
  }
}
