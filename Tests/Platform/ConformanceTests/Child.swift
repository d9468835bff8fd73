import Foundation
import Glibc
import Synchronization
import TestSupport

/// A process with the platform's four pipes: lines on standard input, answers on descriptor 3, two logs. One loop serves
/// them all, so that neither side waits for the other whatever the other does.
final class Child {
  /// How it ended.
  enum End: Equatable {
    case exit(CInt)
    case signal(CInt)
  }

  static let sentinel = "XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX"

  let pid: pid_t
  /// Answers nobody has taken yet.
  private(set) var answers = Lines()
  private(set) var output = Lines()
  private(set) var log = Lines()
  private(set) var end: End?
  private var closedLogs: Set<CInt> = []
  private var unsent: [UInt8] = []
  private var input: CInt?
  private var results: [CInt]
  private let outputEnd: CInt
  private let logEnd: CInt

  /// - Parameters:
  ///   - command: the program, then its arguments; a relative path is looked up in `folder`.
  ///   - environment: all of it.
  init(_ command: [String], environment: [String: String], folder: String) throws {
    // Swift's Glibc has no `posix_spawn_file_actions_addchdir_np`.
    let inFolder = ["-C", folder]
    let pipes = try Child.oneAtATime.withLock { _ in
      let pipes = try (0..<4).map { _ in try Spawn.pipe() }
      return (
        pipes,
        Result {
          try Spawn(
            "/usr/bin/env", inFolder + command, environment: environment,
            descriptors: [pipes[0].0, pipes[1].1, pipes[2].1, pipes[3].1], signals: .fresh)
        }
      )
    }
    let (ends, started) = pipes
    (input, outputEnd, logEnd) = (ends[0].1, ends[1].0, ends[2].0)
    // The platform's proxy keeps the end the function writes to: it does not notice when the function closes its own.
    results = [ends[3].0, ends[3].1]
    for other in [ends[0].0, ends[1].1, ends[2].1] { close(other) }
    for own in [ends[0].1, ends[1].0, ends[2].0, ends[3].0] { _ = fcntl(own, F_SETFL, O_NONBLOCK) }
    do { pid = try started.get().pid } catch {
      pid = -1
      end = .exit(127)
      throw error
    }
  }

  deinit {
    if end == nil {
      kill(SIGKILL)
      var status: CInt = 0
      while unsafe waitpid(pid, &status, 0) == -1 && errno == EINTR {}
    }
    for descriptor in results + [input, outputEnd, logEnd].compactMap({ $0 }) { close(descriptor) }
  }

  private static let oneAtATime = Mutex(())
}

// MARK: - What the proxy does with it

extension Child {
  func send(_ bytes: [UInt8]) { unsent += bytes }

  func takeAnswer() -> String? { answers.take() }

  /// Moves bytes both ways until `isDone`, which is asked after each step.
  /// - Returns: false when patience was over first.
  @discardableResult
  func pump(patience: Duration = .seconds(30), until isDone: (Child) -> Bool) throws -> Bool {
    let deadline = ContinuousClock.now + patience
    while !isDone(self) {
      guard ContinuousClock.now < deadline else { return false }
      try step()
    }
    return true
  }

  /// When it has ended, or never within the patience of `pump`: nil.
  func waitForEnd() throws -> End? {
    try pump { $0.end != nil }
    return end
  }

  func closeInput() throws {
    try pump { $0.unsent.isEmpty || $0.end != nil }
    if let input { close(input) }
    input = nil
  }

  /// As when the proxy itself is gone.
  func closeResults() {
    for end in results { close(end) }
    results = []
  }

  func kill(_ signal: CInt) { if end == nil { _ = Glibc.kill(pid, signal) } }

  /// Resident memory, as the kernel counts it.
  func residentKiB() throws -> Int {
    let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
    return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
  }
}

// MARK: - The loop

extension Child {
  private func step() throws {
    var polled = [
      pollfd(fd: outputEnd, events: Int16(POLLIN), revents: 0), pollfd(fd: logEnd, events: Int16(POLLIN), revents: 0),
    ]
    if let end = results.first { polled.append(pollfd(fd: end, events: Int16(POLLIN), revents: 0)) }
    if let input, !unsent.isEmpty { polled.append(pollfd(fd: input, events: Int16(POLLOUT), revents: 0)) }
    // A log whose other end is closed is always "ready": then the clock, not the descriptors, paces the loop.
    polled = polled.filter { !closedLogs.contains($0.fd) }
    let ready = unsafe poll(&polled, nfds_t(polled.count), 10)
    guard ready >= 0 || errno == EINTR else { throw Spawn.Failure(call: "poll", code: errno) }
    write()
    if let results = results.first { _ = read(results, into: &answers) }
    // After the answers: what was written before an answer is here by the time the answer is.
    drainLogs()
    if ready == 0 { reap() }
  }

  private func drainLogs() {
    if read(outputEnd, into: &output) { closedLogs.insert(outputEnd) }
    if read(logEnd, into: &log) { closedLogs.insert(logEnd) }
  }

  private func write() {
    guard let input, !unsent.isEmpty else { return }
    let count = unsafe unsent.withUnsafeBytes { unsafe Glibc.write(input, $0.baseAddress, $0.count) }
    if count > 0 { unsent.removeFirst(count) }
    // Nobody reads any more; that it ended will be seen.
    if count < 0 && errno == EPIPE { unsent = [] }
  }

  /// - Returns: true at the end of the stream.
  private func read(_ descriptor: CInt, into lines: inout Lines) -> Bool {
    var chunk = [UInt8](repeating: 0, count: 256 << 10)
    while true {
      let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
      guard count > 0 else { return count == 0 }
      lines.add(chunk[..<count])
    }
  }

  private func reap() {
    var status: CInt = 0
    guard end == nil, unsafe waitpid(pid, &status, WNOHANG) == pid else { return }
    end = status & 0x7f == 0 ? .exit((status >> 8) & 0xff) : .signal(status & 0x7f)
    if let results = results.first { _ = read(results, into: &answers) }
    drainLogs()
  }
}

/// Whole lines out of pieces.
struct Lines {
  /// All that are whole and were not taken.
  private(set) var all: [String] = []
  /// How many of them were sentinels.
  private(set) var sentinels = 0
  private var rest: [UInt8] = []

  mutating func add(_ bytes: ArraySlice<UInt8>) {
    var start = bytes.startIndex
    while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
      let line = String(decoding: rest + bytes[start..<end], as: UTF8.self)
      if line == Child.sentinel { sentinels += 1 }
      all.append(line)
      rest = []
      start = end + 1
    }
    rest += bytes[start...]
  }

  mutating func take() -> String? { all.isEmpty ? nil : all.removeFirst() }

  /// What came after the last line feed.
  var unfinished: String { String(decoding: rest, as: UTF8.self) }
}
