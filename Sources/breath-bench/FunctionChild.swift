internal import Gateway
internal import Glibc
internal import ToolSupport

/// A function executable in ActionLoop mode, driven over its pipes as the platform does: an event in, a line out.
final class FunctionChild: Lane {
  private let spawned: Spawned
  private var bytes: [UInt8] = []

  var descriptor: CInt { spawned.reply }

  /// Starts it and waits for its `{"ok":true}`.
  init(_ function: Function) throws {
    do { spawned = try spawn(function) } catch {
      throw Failure(.unavailable, "\(function.executable) does not start: \(error)")
    }
    for log in [spawned.standardOutput, spawned.standardError] { _ = fcntl(log, F_SETFL, O_NONBLOCK) }
    _ = try line()
  }

  deinit {
    for end in [spawned.input, spawned.reply, spawned.standardOutput, spawned.standardError] { close(end) }
    var status: CInt = 0
    _ = unsafe waitpid(spawned.pid, &status, 0)
  }

  func send(_ request: [UInt8]) throws { try Descriptors.write(request, to: spawned.input) }

  func receive() throws -> [UInt8]? {
    guard Descriptors.read(from: spawned.reply, into: &bytes) else {
      throw Failure(.unavailable, "A function ended in the middle: \(log().suffix(300))")
    }
    guard bytes.last == UInt8(ascii: "\n") else { return nil }
    defer { bytes.removeAll(keepingCapacity: true) }
    let log = log()  // It is whole before the answer is: the pipes must not fill up.
    let isGood = ["2", "304"].contains { bytes.starts(with: "{\"statusCode\":\($0)".utf8) }
    guard isGood || bytes.starts(with: "{\"ok\"".utf8) else {
      throw Failure(.refused, "A function answered \(String(decoding: bytes.prefix(400), as: UTF8.self)) \(log)")
    }
    return bytes
  }

  private func line() throws -> [UInt8] {
    while true {
      if let line = try receive() { return line }
    }
  }

  func ask(_ request: [UInt8]) throws -> [UInt8] {
    try send(request)
    return try line()
  }

  private func log() -> String {
    var log: [UInt8] = []
    for stream in [spawned.standardOutput, spawned.standardError] { _ = Descriptors.read(from: stream, into: &log) }
    return String(decoding: log, as: UTF8.self)
  }

  var processorTime: Duration { ProcessorTime.of(spawned.pid) }

  /// What it holds in memory now, in MB (Linux: VmRSS).
  var residentMB: Double {
    let line = Proc.text("\(spawned.pid)/status").split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
    return (line?.split(separator: " ").compactMap { Double($0) }.first ?? 0) / 1024
  }
}
