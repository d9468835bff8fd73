package import Glibc

/// A program started with posix_spawn, the one way in which tests start any. Foundation's `Process` learns of an end by
/// a descriptor that a daemon started by the program inherits, and waits for ever.
package struct Spawn: Sendable {
  package struct Failure: Error {
    package let call: String, code: CInt

    package init(call: String, code: CInt) { (self.call, self.code) = (call, code) }
  }

  /// What it makes of signals.
  package enum Signals: Sendable {
    /// As we do: SIGPIPE is ignored.
    case inherited
    /// None is blocked, and a broken pipe ends it: the threads that run tests block signals, and a daemon that inherited
    /// that could not be told to stop.
    case unblocked
    /// None is blocked and none ignored, as a Go program starts its children.
    case fresh
  }

  package let pid: pid_t

  /// - Parameters:
  ///   - program: a path, or a name that is looked for in our own `PATH`.
  ///   - environment: all of it; nothing is inherited.
  ///   - descriptors: what it gets as 0, 1, 2 and so on; nothing else is open.
  package init(
    _ program: String, _ arguments: [String], environment: [String: String], descriptors: [CInt],
    signals: Signals = .unblocked
  ) throws {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    for (target, descriptor) in descriptors.enumerated() {
      unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, CInt(target))
    }
    for inherited in CInt(descriptors.count)..<256 {
      let flags = fcntl(inherited, F_GETFD)
      if flags != -1 && flags & FD_CLOEXEC == 0 { unsafe posix_spawn_file_actions_addclose(&actions, inherited) }
    }
    signal(SIGPIPE, SIG_IGN)  // a write to a program that has ended is an error, not our end
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    Spawn.set(signals, in: &attributes)
    var pid: pid_t = 0
    let code = unsafe withCStrings([program] + arguments) { arguments in
      unsafe withCStrings(environment.map { "\($0)=\($1)" }) { variables in
        unsafe posix_spawnp(&pid, program, &actions, &attributes, arguments, variables)
      }
    }
    guard code == 0 else { throw Failure(call: "posix_spawn \(program)", code: code) }
    self.pid = pid
  }

  private static func set(_ signals: Signals, in attributes: inout posix_spawnattr_t) {
    var (blocked, ended) = (sigset_t(), sigset_t())
    unsafe sigemptyset(&blocked)
    switch signals {
    case .inherited: return
    case .unblocked:
      unsafe sigemptyset(&ended)
      unsafe sigaddset(&ended, SIGPIPE)
    case .fresh:
      unsafe sigfillset(&ended)
    }
    unsafe posix_spawnattr_setsigmask(&attributes, &blocked)
    unsafe posix_spawnattr_setsigdefault(&attributes, &ended)
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
  }

  /// - Returns: its exit status, or 256 + the signal that ended it. To be asked once.
  package func wait() -> CInt {
    var status: CInt = 0
    while unsafe waitpid(pid, &status, 0) == -1 && errno == EINTR {}
    return status & 0x7f == 0 ? (status >> 8) & 0xff : 256 + (status & 0x7f)
  }

  package func kill() { _ = Glibc.kill(pid, SIGKILL) }
}

// MARK: - What it is given to read and to write

extension Spawn {
  /// A pipe whose ends no other program inherits, and at numbers that `descriptors` cannot collide with.
  package static func pipe() throws -> (reading: CInt, writing: CInt) {
    var ends: [CInt] = [-1, -1]
    guard unsafe Glibc.pipe(&ends) == 0 else { throw Failure(call: "pipe", code: errno) }
    let moved = ends.map { fcntl($0, F_DUPFD_CLOEXEC, 10) }
    for end in ends { close(end) }
    guard !moved.contains(-1) else { throw Failure(call: "fcntl", code: errno) }
    return (moved[0], moved[1])
  }

  /// A file to read, or to write from its beginning.
  package static func file(_ path: String, writing: Bool) throws -> CInt {
    let flags = writing ? O_WRONLY | O_CREAT | O_TRUNC : O_RDONLY
    let opened = unsafe open(path, flags | O_CLOEXEC, 0o600)
    defer { close(opened) }
    let moved = fcntl(opened, F_DUPFD_CLOEXEC, 10)
    guard opened >= 0, moved >= 0 else { throw Failure(call: "open \(path)", code: errno) }
    return moved
  }
}

private func withCStrings<Result>(
  _ texts: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
  var pointers = unsafe texts.map { unsafe strdup($0) } + [nil]
  defer { for index in unsafe pointers.indices { unsafe free(pointers[index]) } }
  return unsafe body(&pointers)
}
