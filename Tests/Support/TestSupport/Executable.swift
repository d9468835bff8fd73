import Foundation
import Glibc
import Synchronization

/// A started program that answers each line with a line: on standard output, or, as the platform runs functions, on
/// descriptor 3. What it logs goes to a file without a name, which ends with us: what a test shares lives to the end of all.
package final class Executable: Sendable {
  package enum Mode { case piped, actionLoop }
  package typealias Failure = Spawn.Failure
  package struct Ended: Error {
    package let log: String
    package init(log: String) { self.log = log }
  }

  private let spawned: Spawn
  private let input: CInt
  private let output: CInt
  private let logFile: CInt
  private let unread = Mutex<[UInt8]>([])
  private let state = Mutex((inputIsOpen: true, exitCode: CInt?.none))

  /// - Parameter environment: all of it; nothing is inherited.
  package init(_ path: String, arguments: [String] = [], _ environment: [String: String], mode: Mode = .piped) throws {
    let started = try Executable.oneAtATime.withLock { _ in
      try Executable.start(path, arguments, environment, mode)
    }
    (spawned, input, output, logFile) = started
  }

  deinit {
    _ = finish()
    close(output)
    close(logFile)
  }

  package func send(_ text: String) throws { try send(Array(text.utf8)) }

  package func send(_ bytes: [UInt8]) throws {
    var sent = 0
    while sent < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { unsafe write(input, $0.baseAddress! + sent, bytes.count - sent) }
      guard count > 0 else { throw Failure(call: "write", code: errno) }
      sent += count
    }
  }

  /// The next line without its line feed; nil at the end of what the program says.
  package func line() throws -> String? {
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let line = unread.withLock { unread -> [UInt8]? in
        guard let end = unread.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        defer { unread.removeFirst(end + 1) }
        return Array(unread[..<end])
      }
      if let line { return String(decoding: line, as: UTF8.self) }
      let count = unsafe read(output, &chunk, chunk.count)
      guard count >= 0 else { throw Failure(call: "read", code: errno) }
      guard count > 0 else { return nil }
      unread.withLock { $0 += chunk[..<count] }
    }
  }

  /// All it says until it ends by itself.
  package func rest() throws -> [String] {
    closeInput()
    var lines: [String] = []
    while let line = try line() { lines.append(line) }
    return lines
  }

  package func log() -> String { (try? String(contentsOfFile: "/proc/self/fd/\(logFile)", encoding: .utf8)) ?? "" }

  /// What it has used of a processor so far, in all its threads: what waits costs nothing, however busy the machine is.
  package var processorTime: Duration {
    var (clock, time) = (clockid_t(), timespec())
    guard unsafe clock_getcpuclockid(spawned.pid, &clock) == 0, unsafe clock_gettime(clock, &time) == 0 else {
      return .zero
    }
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }

  /// - Returns: the exit code, or 256 + the signal that ended it.
  @discardableResult
  package func finish() -> CInt {
    closeInput()
    return state.withLock { state in
      if let code = state.exitCode { return code }
      let code = spawned.wait()
      state.exitCode = code
      return code
    }
  }

  /// Ends it at once, whatever it is doing.
  package func kill() {
    state.withLock { state in
      if state.exitCode == nil { spawned.kill() }
    }
    finish()
  }

  private func closeInput() {
    state.withLock { state in
      if state.inputIsOpen { close(input) }
      state.inputIsOpen = false
    }
  }
}

// MARK: - Starting

extension Executable {
  /// Between `pipe` and `FD_CLOEXEC` an end is open to whatever else is started.
  private static let oneAtATime = Mutex(())

  private static func start(
    _ path: String, _ arguments: [String], _ environment: [String: String], _ mode: Mode
  ) throws -> (Spawn, CInt, CInt, CInt) {
    let (childInput, input) = try Spawn.pipe()
    let (output, childOutput) = try Spawn.pipe()
    defer { for descriptor in [childInput, childOutput] { close(descriptor) } }
    let logPath = FileManager.default.temporaryDirectory.path + "/breath-log-\(UUID().uuidString)"
    let log = unsafe open(logPath, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard log >= 0 else { throw Failure(call: "open", code: errno) }
    unsafe unlink(logPath)

    let descriptors =
      switch mode {
      case .piped: [childInput, childOutput, log]
      case .actionLoop: [childInput, log, log, childOutput]
      }
    let variables = mode == .actionLoop ? environment.merging(["__OW_WAIT_FOR_ACK": "1"]) { $1 } : environment
    do {
      let spawned = try Spawn(path, arguments, environment: variables, descriptors: descriptors, signals: .inherited)
      return (spawned, input, output, log)
    } catch {
      close(log)
      throw error
    }
  }
}
