import Foundation
import Glibc
package import StrictJSON
import TestSupport

/// A built function that stays warm and answers one event after the other.
package final class FunctionProcess {
  package struct Ended: Error, CustomStringConvertible {
    package let description: String
  }

  private let child: Spawn
  private let input: CInt
  private let output: CInt
  private let logPath: String
  private var unread: [UInt8] = []

  /// - Parameter environment: all of it; nothing is inherited.
  package init(_ name: String, _ environment: [String: String]) throws {
    logPath = FileManager.default.temporaryDirectory.path + "/breath-function-\(UUID()).log"
    let (theirInput, input) = try Spawn.pipe()
    let (output, theirOutput) = try Spawn.pipe()
    let log = try Spawn.file(logPath, writing: true)
    defer { for descriptor in [theirInput, theirOutput, log] { close(descriptor) } }
    (self.input, self.output) = (input, output)
    child = try Spawn(
      Cluster.program(name), [], environment: environment, descriptors: [theirInput, theirOutput, log])
  }

  deinit {
    child.kill()
    _ = child.wait()
    for descriptor in [input, output] { close(descriptor) }
    unsafe unlink(logPath)
  }

  package func answer(_ event: Event) throws -> Answer {
    try send(event)
    return try answer()
  }

  package func send(_ event: Event) throws {
    var left = Array(event.line.utf8)[...]
    while !left.isEmpty {
      let count = unsafe left.withUnsafeBytes { unsafe write(input, $0.baseAddress, $0.count) }
      guard count > 0 else { throw Spawn.Failure(call: "write", code: errno) }
      left = left.dropFirst(count)
    }
  }

  /// The answer to the oldest event that has none yet.
  package func answer() throws -> Answer {
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
        defer { unread.removeFirst(end + 1) }
        return try Answer(Array(unread[..<end]))
      }
      let count = unsafe read(output, &chunk, chunk.count)
      guard count > 0 else { throw Ended(description: "the function ended: \(log.suffix(2000))") }
      unread += chunk[..<count]
    }
  }

  package var log: String { (try? String(contentsOfFile: logPath, encoding: .utf8)) ?? "" }
}

/// An HTTP request as the platform's raw mode hands it over.
package struct Event: Sendable {
  let line: String

  package init(_ method: String, _ path: String, token: String? = nil, query: String = "", body: JSON? = nil) {
    var headers = ["content-type": "application/json"]
    headers["authorization"] = token.map { "Bearer \($0)" }
    line = RawMode.event(method, path, query: query, headers: headers, body: body?.text ?? "").text + "\n"
  }
}

package struct Answer: Sendable {
  package let status: Int64
  package let body: JSON
  /// In seconds; nil when the answer does not say.
  package let retryAfter: Int?
  package let line: String

  init(_ bytes: [UInt8]) throws {
    let json = try JSON(parsing: bytes, limits: .trusted)
    status = json["statusCode"]?.integer ?? 0
    body = json["body"] ?? .null
    retryAfter = RawMode.header("retry-after", of: json).flatMap { Int($0) }
    line = String(decoding: bytes, as: UTF8.self)
  }

  /// "Come back later", said as HTTP says it.
  package var isUnavailable: Bool { status == 503 && (retryAfter ?? 0) >= 1 }
}
