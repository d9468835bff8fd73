import Foundation
import FunctionRuntime
import StrictJSON
import TestSupport
import Testing

/// A hundred thousand events, good, wrong and hostile, through real pipes: whatever an event is and however it is cut on
/// its way, it gets one line, in its turn, under its own id.
@Suite struct FramingTests {
  private static let batches = 20, eventsInBatch = 5000

  @Test(arguments: 0..<FramingTests.batches)
  func `each event gets one line of JSON with its id, and a sentinel on both logs`(batch: Int) async throws {
    var random = Seeded(20_261_124 &+ UInt64(batch))
    let cut = PipedRun.Cut.allCases[batch % PipedRun.Cut.allCases.count]
    let events = (0..<FramingTests.eventsInBatch).map {
      UnrulyEvent(&random, id: "act-\(batch)-\($0)", longOnesOf: cut == .bytes ? nil : 500)
    }
    let run = try await PipedRun(unruly, events.map(\.line), cut: cut, &random)
    #expect(run.results.first == Array(#"{"ok":true}"#.utf8))
    #expect(run.results.count == events.count + 1 && run.isWhole)
    for (line, event) in zip(run.results.dropFirst(), events) {
      guard try event.isAnswered(by: Answer(line + [UInt8(ascii: "\n")])) else {
        Issue.record("\(event.kind) \(event.id) got \(String(decoding: line.prefix(500), as: UTF8.self))")
        return
      }
    }
    let sentinel = Array("XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX".utf8)
    #expect(run.output.count == events.count && run.output.allSatisfy { $0 == sentinel })
    #expect(run.log.count { $0 == sentinel } == events.count)
    #expect(run.log.allSatisfy { $0 == sentinel || (try? JSON(parsing: $0, limits: .trusted))?.object != nil })
  }
}

// MARK: - A function that misbehaves on demand

private struct Unforeseen: Error, CustomStringConvertible {
  var description: String { "{\"ok\":true}\n{\"ok\":true}\n\u{2028}\u{1}" }
}

private var unruly: Function {
  Function(
    name: "unruly",
    routes: [
      Route(.post, "") { request, context in
        let body = try request.json()
        switch body["do"].json?.string {
        case "throw": throw Unforeseen()
        case "forbid": throw Problem.forbidden(detail: "No.\r\nX: y")
        case "mismatch": throw body["do"].mismatch("wrong", "must\nbe\u{1}right")
        case "header": return Reply(200, json: [:]).header("X-Split", "a\r\n{\"statusCode\":200}")
        case "lines": return Reply(200, json: .raw("{\n \"id\": \"\(context.requestID)\",\r\n \"text\": \"\\n\"\n}\n"))
        case "scalar": return Reply(200, json: "text")
        case "status": return Reply(99, json: [:])
        case "huge": return Reply(200, json: ["text": .string(String(repeating: "h", count: 1_100_000))])
        case "log":
          context.log(
            .info, "a\nb\u{1}c", ["XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX\n": "XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX\n"])
          return Reply(204)
        default: return Reply(200, json: ["id": .string(context.requestID), "body": body.json ?? .null])
        }
      }
    ],
    onInvocation: { json, context in
      switch json["do"]?.string {
      case "throw": throw Unforeseen()
      case "error": ["error": "said by mistake"]
      case "list": []
      default: ["id": .string(context.requestID)]
      }
    })
}

// MARK: - Events

private struct UnrulyEvent {
  enum Kind: CaseIterable {
    case good, goodWithText, throwing, forbidding, mismatching, splitHeader, brokenLines, scalar, wrongStatus, logging
    case invocation, failingInvocation, cut, bytes, nothing, nul, notUTF8, notAnObject, badJSON, wrongMethod, wrongPath
    case wrongBase64, wrongTypes, twoInOne
    case long, largeAnswer, tooLong

    static let short = allCases.filter { ![.long, .largeAnswer, .tooLong].contains($0) }
  }

  let kind: Kind
  let id: String
  let line: [UInt8]

  /// - Parameter longOnesOf: one of so many is long; nil for none.
  init(_ random: inout Seeded, id: String, longOnesOf count: Int?) {
    self.id = id
    let isLong = count.map { Int.random(in: 0..<$0, using: &random) == 0 } ?? false
    kind = random.pick(isLong ? [.long, .largeAnswer, .tooLong] : Kind.short)
    line = UnrulyEvent.line(kind, id, &random)
  }

  private static func line(_ kind: Kind, _ id: String, _ random: inout Seeded) -> [UInt8] {
    func post(_ what: String) -> [UInt8] { envelope(raw("POST", body: #"{"do":"\#(what)"}"#), id: id).encoded }
    switch kind {
    case .good: return post("answer")
    case .goodWithText:
      return envelope(raw("POST", body: (["text": .string(AnyJSON.text(&random))] as JSON).text), id: id).encoded
    case .throwing: return post("throw")
    case .forbidding: return post("forbid")
    case .mismatching: return post("mismatch")
    case .splitHeader: return post("header")
    case .brokenLines: return post("lines")
    case .scalar: return post("scalar")
    case .wrongStatus: return post("status")
    case .logging: return post("log")
    case .invocation: return envelope(["task": AnyJSON.value(&random)], id: id).encoded
    case .failingInvocation: return envelope(["do": .string(random.pick(["throw", "error", "list"]))], id: id).encoded
    case .cut:
      let whole = post("answer")
      return Array(whole.dropLast(Int.random(in: 1..<whole.count, using: &random)))
    case .bytes: return AnyBytes.any(&random, countMax: 200).map { $0 == UInt8(ascii: "\n") ? 0 : $0 } + [0xFF]
    case .nothing: return Array(String(repeating: " ", count: Int.random(in: 0...3, using: &random)).utf8)
    case .nul: return inserting([0], into: post("answer"), &random)
    case .notUTF8:
      return inserting(
        random.pick([[0x80], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xFF]]), into: post("answer"), &random)
    case .notAnObject: return Array(random.pick(["[]", "null", "7", "\"{}\"", "true", "[{}]"]).utf8)
    case .badJSON:
      return Array(random.pick(["{a:1}", "{'a':1}", #"{"a":1,}"#, #"{"a":1,"a":2}"#, #"{"a":"\ud8"}"#, "{} {"]).utf8)
    case .wrongMethod: return envelope(raw(random.pick(["PUT", "", "\u{1F600}", "POST "])), id: id).encoded
    case .wrongPath: return envelope(raw("POST", random.pick(["/x", "//", "/a/b", "/..", "/é"])), id: id).encoded
    case .wrongBase64: return envelope(raw("POST", body: "%%%", base64: true), id: id).encoded
    case .wrongTypes:
      let http: JSON = ["method": 7, "path": [], "headers": "x", "body": ["do": "answer"], "queryString": nil]
      return envelope(["http": http], id: id).encoded
    case .twoInOne: return post("answer") + post("answer")
    case .long:
      let texts: JSON = .array(Array(repeating: .string(String(repeating: "\u{1F600}", count: 500)), count: 300))
      return envelope(raw("POST", body: texts.text), id: id).encoded
    case .largeAnswer: return post("huge")
    case .tooLong: return Array(repeating: UInt8(ascii: "{"), count: LineReader.lineBytesMax + 1)
    }
  }

  /// Somewhere inside of a text or between two tokens, it is wrong anywhere.
  private static func inserting(_ bytes: [UInt8], into line: [UInt8], _ random: inout Seeded) -> [UInt8] {
    var line = line
    line.insert(contentsOf: bytes, at: Int.random(in: 0...line.count, using: &random))
    return line
  }

  /// What cannot be read as an event has no id of its own, and gets one of ours.
  func isAnswered(by answer: Answer) -> Bool {
    let own = answer.header("X-Request-Id") == id
    switch kind {
    case .good, .goodWithText, .long: return own && answer.status == 200 && answer.body?["id"]?.string == id
    case .brokenLines: return own && answer.status == 200 && answer.body == ["id": .string(id), "text": "\n"]
    case .throwing, .splitHeader, .scalar, .wrongStatus: return own && answer.status == 500 && answer.code == "internal"
    case .forbidding: return own && answer.status == 403
    case .mismatching: return own && answer.status == 422
    case .logging: return own && answer.status == 204
    case .invocation: return answer.json == ["id": .string(id)]
    case .failingInvocation: return own && answer.status == 500
    case .cut, .bytes, .nothing, .nul, .notUTF8, .notAnObject, .badJSON, .twoInOne:
      return answer.status == 400 && answer.code == "invalid_event"
    case .largeAnswer: return own && answer.status == 500 && answer.code == "response_too_large"
    case .tooLong: return answer.status == 413
    case .wrongMethod, .wrongTypes: return own && answer.status == 405
    case .wrongPath: return own && answer.status == 404
    case .wrongBase64: return own && answer.status == 400 && answer.code == "invalid_body"
    }
  }
}

// MARK: - Pipes

/// A run of the platform's loop between two pipes, each with a thread at its other end.
private struct PipedRun {
  let results: [[UInt8]], output: [[UInt8]], log: [[UInt8]]
  /// Nothing stands behind the last line feed.
  let isWhole: Bool

  /// Where the stream of events is cut into writes.
  enum Cut: CaseIterable { case nowhere, bytes, lines, anywhere }

  init(_ function: Function, _ lines: [[UInt8]], cut: Cut, _ random: inout Seeded) async throws {
    let (events, answers) = (try Pipe(), try Pipe())
    let (output, log) = (try ScratchFile(), try ScratchFile())
    let pieces = PipedRun.pieces(lines.map { $0 + [UInt8(ascii: "\n")] }, cut, &random)
    Thread.detachNewThread {
      for piece in pieces { try? events.writer.write(piece) }
      events.writer.close()
    }
    let read = PipedRun.reading(answers.reader)
    var world = World()
    world.environment = Environment(["__OW_WAIT_FOR_ACK": "1"])
    world.logDescriptor = log.descriptor.number
    try await function.serve(
      Streams(
        events: events.reader, output: output.descriptor, log: log.descriptor, results: answers.writer), world: world)
    answers.writer.close()
    var bytes: [UInt8] = []
    for await piece in read { bytes += piece }
    for end in [events.reader, answers.reader] { end.close() }
    results = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast().map(Array.init)
    isWhole = bytes.last == UInt8(ascii: "\n")
    (self.output, self.log) = (try output.lines(), try log.lines())
  }

  private static func pieces(_ lines: [[UInt8]], _ cut: Cut, _ random: inout Seeded) -> [[UInt8]] {
    let all = Array(lines.joined())
    switch cut {
    case .nowhere: return [all]
    case .bytes: return all.map { [$0] }
    case .lines: return lines
    case .anywhere:
      var pieces: [[UInt8]] = []
      var start = 0
      while start < all.count {
        let end = min(all.count, start + Int.random(in: 1...1000, using: &random))
        pieces.append(Array(all[start..<end]))
        start = end
      }
      return pieces
    }
  }

  /// By a thread that is there before the loop begins: the loop keeps the one it runs on until its answers are read.
  private static func reading(_ reader: Descriptor) -> AsyncStream<[UInt8]> {
    let (pieces, continuation) = AsyncStream<[UInt8]>.makeStream()
    Thread.detachNewThread {
      var chunk = [UInt8](repeating: 0, count: 64 << 10)
      while let count = try? reader.read(into: &chunk), count > 0 { continuation.yield(Array(chunk[..<count])) }
      continuation.finish()
    }
    return pieces
  }
}
