import FoundationEssentials
import FunctionRuntime
import Glibc
import StrictJSON
import Testing

// MARK: - A world that stands still

extension World {
  /// 2027-01-15T08:00:00Z, a clock that does not move, and random numbers that count from 1.
  static func fixed(_ environment: [String: String] = [:], log: Int32 = -1) -> World {
    let instant = ContinuousClock.now
    var drawn: UInt64 = 0
    var world = World()
    world.now = { Date(timeIntervalSince1970: 1_800_000_000) }
    world.instant = { instant }
    world.random = {
      drawn += 1
      return drawn
    }
    world.environment = Environment(environment)
    world.logDescriptor = log
    return world
  }
}

// MARK: - Events

/// A `web: raw` event, as the platform sends it.
func raw(
  _ method: String, _ path: String = "", query: String = "", headers: [String: JSON] = [:], body: String = "",
  base64: Bool = false
) -> JSON {
  [
    "http": [
      "method": .string(method), "path": .string(path), "queryString": .string(query),
      "headers": .object(JSONObject(headers.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value) })),
      "body": .string(body), "isBase64Encoded": .bool(base64),
    ]
  ]
}

/// The platform's line around an event.
func envelope(_ event: JSON, id: String = "0123456789abcdef0123456789abcdef", deadline: String? = nil) -> JSON {
  var line: JSONObject = JSONObject([("value", event), ("activation_id", .string(id)), ("namespace", "ns")])
  if let deadline { line["deadline"] = .string(deadline) }
  return .object(line)
}

// MARK: - Answers

struct Answer {
  let line: [UInt8]
  let json: JSON

  init(_ line: [UInt8]) throws {
    self.line = line
    #expect(line.last == UInt8(ascii: "\n") && line.filter { $0 == UInt8(ascii: "\n") }.count == 1)
    json = try JSON(parsing: Array(line.dropLast()), limits: .trusted)
    #expect(json.object != nil && json["error"] == nil)
  }

  var status: Int64? { json["statusCode"]?.integer }
  var body: JSON? { json["body"] }
  var code: String? { body?["code"]?.string }
  func header(_ name: String) -> String? { json["headers"]?[name]?.string }
}

extension Responder {
  func answer(_ event: JSON) async throws -> Answer { try Answer(await answer(event.encoded)) }
}

/// One route at "/x" (or elsewhere) that answers with what `reply` makes.
func responder(
  _ method: HTTPMethod = .get, _ pattern: String = "/x", world: World = .fixed(),
  problem: @escaping Function.ProblemMap = { _, _ in nil },
  _ reply: @escaping (Request, Context) async throws -> Reply
) -> Responder {
  Responder(Function(name: "test", routes: [Route(method, pattern, reply)], problem: problem), world: world)
}

// MARK: - Descriptors

/// A file without a name, for what a loop reads and writes.
final class ScratchFile {
  let descriptor: Descriptor

  init(_ contents: [UInt8] = []) throws {
    var template = Array("/tmp/runtime-test-XXXXXX".utf8CString)
    let number = unsafe template.withUnsafeMutableBufferPointer { unsafe mkstemp($0.baseAddress!) }
    precondition(number >= 0)
    _ = unsafe template.withUnsafeBufferPointer { unsafe unlink($0.baseAddress!) }
    descriptor = Descriptor(number)
    try descriptor.write(contents)
    lseek(number, 0, SEEK_SET)
  }

  deinit { close(descriptor.number) }

  func bytes() throws -> [UInt8] {
    lseek(descriptor.number, 0, SEEK_SET)
    var all: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = try descriptor.read(into: &chunk)
      if count == 0 { return all }
      all += chunk[..<count]
    }
  }

  func text() throws -> String { String(decoding: try bytes(), as: UTF8.self) }

  func lines() throws -> [[UInt8]] {
    try bytes().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast().map(Array.init)
  }
}

struct Pipe {
  let reader: Descriptor
  let writer: Descriptor

  init() throws {
    var ends: [Int32] = [0, 0]
    let made = unsafe ends.withUnsafeMutableBufferPointer { unsafe pipe($0.baseAddress!) }
    precondition(made == 0)
    (reader, writer) = (Descriptor(ends[0]), Descriptor(ends[1]))
  }
}

/// What a run leaves on each descriptor.
struct Recording {
  /// Held as long as the others: a file is closed when nothing refers to it.
  private let events: ScratchFile
  let output: ScratchFile
  let log: ScratchFile
  let results: ScratchFile

  /// - Parameter waitsForAck: as the platform starts it; otherwise piped.
  init(_ function: Function, _ input: [UInt8], waitsForAck: Bool) async throws {
    events = try ScratchFile(input)
    (output, log, results) = (try ScratchFile(), try ScratchFile(), try ScratchFile())
    let streams = Streams(
      events: events.descriptor, output: output.descriptor, log: log.descriptor, results: results.descriptor)
    var world = World.fixed(waitsForAck ? ["__OW_WAIT_FOR_ACK": "1"] : [:])
    world.logDescriptor = log.descriptor.number
    try await function.serve(streams, world: world)
  }
}

extension Descriptor {
  func close() { Glibc.close(number) }
}
