package import Glibc
internal import Synchronization

/// A started process and our ends of its pipes, all of them closed in whatever else is started.
package struct Spawned: Sendable {
  package let pid: pid_t
  /// We write: its standard input.
  package let input: CInt
  /// We read: its descriptor 3.
  package let reply: CInt
  package let standardOutput: CInt
  package let standardError: CInt
}

package struct SpawnError: Error, CustomStringConvertible {
  let code: CInt
  package var description: String { unsafe String(cString: strerror(code)) }
}

/// Starts a function as the platform does: events on standard input, replies on descriptor 3, and no other
/// descriptor, variable or signal setting of ours. In a process group of its own, so that a Ctrl-C in the terminal
/// reaches the gateway only, which then lets running requests finish. It ends when its input ends, also when the
/// gateway was killed.
package func spawn(_ function: Function) throws(SpawnError) -> Spawned {
  try oneAtATime.withLock { _ throws(SpawnError) in try pipesAndProcess(function) }
}

/// Without `pipe2`, which Swift's Glibc leaves out, a pipe is for a moment open to whatever starts just then.
private let oneAtATime = Mutex(())

private func pipesAndProcess(_ function: Function) throws(SpawnError) -> Spawned {
  var pipes: [Pipe] = []
  do throws(SpawnError) {
    for _ in 0..<4 { pipes.append(try Pipe()) }
    let (input, output, error, reply) = (pipes[0], pipes[1], pipes[2], pipes[3])
    let pid = try start(
      function, descriptors: [input.readEnd, output.writeEnd, error.writeEnd, reply.writeEnd])
    for descriptor in [input.readEnd, output.writeEnd, error.writeEnd, reply.writeEnd] { close(descriptor) }
    return Spawned(
      pid: pid, input: input.writeEnd, reply: reply.readEnd, standardOutput: output.readEnd,
      standardError: error.readEnd)
  } catch {
    for pipe in pipes { _ = (close(pipe.readEnd), close(pipe.writeEnd)) }
    throw error
  }
}

/// - Parameter descriptors: become 0, 1, 2 … of the process.
private func start(_ function: Function, descriptors: [CInt]) throws(SpawnError) -> pid_t {
  var actions = unsafe posix_spawn_file_actions_t()
  unsafe posix_spawn_file_actions_init(&actions)
  defer { unsafe posix_spawn_file_actions_destroy(&actions) }
  for (target, descriptor) in descriptors.enumerated() {
    unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, CInt(target))
  }
  for inherited in inheritedDescriptors(from: CInt(descriptors.count)) {
    unsafe posix_spawn_file_actions_addclose(&actions, inherited)
  }

  var attributes = posix_spawnattr_t()
  unsafe posix_spawnattr_init(&attributes)
  defer { unsafe posix_spawnattr_destroy(&attributes) }
  var signals = sigset_t()
  unsafe sigfillset(&signals)
  unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
  unsafe sigemptyset(&signals)
  unsafe posix_spawnattr_setsigmask(&attributes, &signals)
  unsafe posix_spawnattr_setpgroup(&attributes, 0)
  unsafe posix_spawnattr_setflags(
    &attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))

  let environment = function.environment.merging(["__OW_WAIT_FOR_ACK": "1"]) { _, ours in ours }
  var pid: pid_t = 0
  let code = unsafe withCStrings([function.executable] + function.arguments) { arguments in
    unsafe withCStrings(environment.map { "\($0)=\($1)" }) { variables in
      unsafe posix_spawn(&pid, function.executable, &actions, &attributes, arguments, variables)
    }
  }
  guard code == 0 else { throw SpawnError(code: code) }
  return pid
}

/// What whoever started us left open, such as make's job server; our own descriptors close themselves.
private func inheritedDescriptors(from first: CInt) -> [CInt] {
  (first..<256).filter {
    let flags = fcntl($0, F_GETFD)
    return flags != -1 && flags & FD_CLOEXEC == 0
  }
}

/// The texts as C wants lists of them, ended by NULL; valid inside `body` only.
private func withCStrings<Result>(
  _ texts: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
  var pointers = unsafe texts.map { unsafe strdup($0) } + [nil]
  defer { for index in unsafe pointers.indices { unsafe free(pointers[index]) } }
  return unsafe body(&pointers)
}

private struct Pipe {
  let readEnd: CInt
  let writeEnd: CInt

  /// Descriptors from 10 on, so that none is overwritten while a new process gets its 0 … 3.
  init() throws(SpawnError) {
    var ends: [CInt] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { throw SpawnError(code: errno) }
    let moved = ends.map { fcntl($0, F_DUPFD_CLOEXEC, 10) }
    let code = errno
    for end in ends { close(end) }
    guard !moved.contains(-1) else {
      for end in moved where end != -1 { close(end) }
      throw SpawnError(code: code)
    }
    (readEnd, writeEnd) = (moved[0], moved[1])
  }
}
