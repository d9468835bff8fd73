internal import Glibc
internal import ToolSupport

/// An executable that reads its input to the end, writes its result to standard output, and logs to our standard error.
struct PipedProcess {
  struct Result {
    let output: [UInt8]
    /// For people: how it ended.
    let end: String
    let isSuccess: Bool
  }

  private let executable: String
  private let arguments: [String]
  private let environment: [String: String]

  /// - Parameter executable: looked for in our PATH when it has no slash.
  init(_ executable: String, arguments: [String] = [], environment: [String: String]) {
    self.executable = executable
    self.arguments = arguments
    self.environment = environment
  }

  /// - Parameter descriptor3: what it finds there; no more than a pipe holds (64 KiB), since it may read it late.
  /// - Throws: `Failure.unavailable` when it cannot be started.
  func run(input: [UInt8], descriptor3: [UInt8]? = nil) throws -> Result {
    signal(SIGPIPE, SIG_IGN)  // it may end without having read everything
    let (stdin, stdout) = (try Pipe(), try Pipe())
    let more = try descriptor3.map { bytes in (bytes: bytes, pipe: try Pipe()) }
    let pid = try spawn(stdin, stdout, more?.pipe)
    close(stdin.readEnd)
    close(stdout.writeEnd)
    if let more {
      close(more.pipe.readEnd)
      more.pipe.write(more.bytes)
      close(more.pipe.writeEnd)
    }
    stdin.write(input)
    close(stdin.writeEnd)
    let output = stdout.readToEnd()
    close(stdout.readEnd)
    var status: CInt = 0
    while unsafe waitpid(pid, &status, 0) == -1 && errno == EINTR {}
    let signalNumber = status & 0x7F
    return Result(
      output: output, end: signalNumber == 0 ? "status \(status >> 8 & 0xFF)" : "killed by signal \(signalNumber)",
      isSuccess: status == 0)
  }

  private func spawn(_ stdin: Pipe, _ stdout: Pipe, _ more: Pipe?) throws -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, stdin.readEnd, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, stdout.writeEnd, 1)
    if let more { unsafe posix_spawn_file_actions_adddup2(&actions, more.readEnd, 3) }
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    unsafe sigaddset(&signals, SIGPIPE)
    unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))

    var arguments = unsafe ([executable] + arguments).map { unsafe strdup($0) } + [nil]
    var variables = unsafe environment.map { unsafe strdup("\($0)=\($1)") } + [nil]
    defer {
      for index in unsafe arguments.indices { unsafe free(arguments[index]) }
      for index in unsafe variables.indices { unsafe free(variables[index]) }
    }
    var pid: pid_t = 0
    let code = unsafe posix_spawnp(&pid, executable, &actions, &attributes, &arguments, &variables)
    guard code == 0 else {
      throw Failure(.unavailable, "\(executable) cannot be started: \(unsafe String(cString: strerror(code))).")
    }
    return pid
  }
}

/// Its ends are ours alone: a child gets those that are copied for it.
private struct Pipe {
  let readEnd: CInt
  let writeEnd: CInt

  init() throws {
    var ends: [CInt] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { throw Failure(.unavailable, "No more files can be opened: close some.") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    (readEnd, writeEnd) = (ends[0], ends[1])
  }

  func write(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(writeEnd, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  func readToEnd() -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = unsafe read(readEnd, &buffer, buffer.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return bytes }
      bytes += buffer.prefix(count)
    }
  }
}
