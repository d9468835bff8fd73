internal import Glibc
internal import ToolSupport

/// A client's connection to the gateway, kept alive. As little as HTTP/1.1 with a Content-Length needs: a client that
/// costs much would be measured instead of the server.
final class HTTPConnection: Lane {
  let descriptor: CInt
  private var bytes: [UInt8] = []
  /// Bytes of the whole answer that is arriving; known when its head is there.
  private var expected: Int?

  private let takesAnyStatus: Bool

  /// - Parameter takesAnyStatus: whether an answer that is not 200 is one; otherwise it ends the run.
  init(port: Int, takesAnyStatus: Bool = false) throws {
    self.takesAnyStatus = takesAnyStatus
    descriptor = try Sockets.connect(port: port)
  }
  deinit { close(descriptor) }

  func send(_ request: [UInt8]) throws { try Descriptors.write(request, to: descriptor) }

  func receive() throws -> [UInt8]? {
    guard Descriptors.read(from: descriptor, into: &bytes) else {
      throw Failure(.unavailable, "The gateway closed a connection.")
    }
    if expected == nil { expected = try length() }
    guard let expected, bytes.count >= expected else { return nil }
    defer {
      bytes.removeAll(keepingCapacity: true)
      self.expected = nil
    }
    guard takesAnyStatus || bytes.starts(with: "HTTP/1.1 200".utf8) else {
      throw Failure(.refused, "The gateway answered \(String(decoding: bytes.suffix(400), as: UTF8.self))")
    }
    return bytes
  }

  private func length() throws -> Int? {
    guard let head = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
    let lines = String(decoding: bytes[..<head.lowerBound], as: UTF8.self).split(separator: "\r\n")
    guard let line = lines.first(where: { $0.lowercased().hasPrefix("content-length:") }),
      let count = Int(line.split(separator: " ").last ?? "")
    else { throw Failure(.refused, "The gateway answered without a Content-Length.") }
    return head.upperBound + count
  }
}

/// `breath serve` as a child, which ends with us however we end.
final class GatewayChild {
  private let child: ProgramChild
  let port: Int
  /// The process above `breath serve`.
  var pid: pid_t { child.pid }

  init(_ workbench: Workbench) throws {
    // The shell waits for the end of its input, which comes at the latest when we are gone.
    let script = "\"$@\" 2>/dev/null & read -r line; kill $!; wait $!"
    child = try ProgramChild(
      workbench.program(
        "/bin/sh",
        ["-c", script, "sh", workbench.breath, "serve", "--port", "0", "--no-maintenance"] + workbench.pool))
    let line = try child.line()
    guard let port = line.split(separator: ":").last.flatMap({ Int($0) }) else {
      throw Failure(.unavailable, "The gateway does not start: run breath serve to see why.")
    }
    self.port = port
  }
}
