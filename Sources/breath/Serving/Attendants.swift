internal import FoundationEssentials
internal import Glibc
internal import ToolSupport

/// The work that nobody calls for, beside a server: what has expired goes each day, and mails go out. Each is this tool in
/// a process of its own, which reads and waits for the database without keeping a request waiting, and is started again when it
/// dies. Several servers may each have theirs: the database hands every piece of work to one.
struct Attendants: Sendable {
  private let commands: [[String]]
  private static let lookSeconds = 15
  /// A server that just started has people waiting; what has expired can wait a minute longer.
  private static let delaySeconds = 60

  /// - Parameter environment: mails go out when it names a mail server and a sender.
  init(binDirectory: String, environment: [String: String]) {
    func isSet(_ name: String) -> Bool { !["", "none"].contains(environment[name] ?? "") }
    var commands: [[String]] = []
    if isSet(NightlyTask.databaseURLName) {
      commands.append(["maintain", "--bin", binDirectory, "--delay", "\(Attendants.delaySeconds)"])
    }
    if isSet("BREATH_SMTP_URL") && isSet("BREATH_MAIL_FROM") && isSet("DATABASE_URL_AUTH") {
      commands.append(["outbox"])
    }
    self.commands = commands.map { $0 + ["--watch", "--beside-server"] }
  }

  /// Goes on until it is cancelled; the processes end with ours.
  func run() async {
    var running: [(command: [String], process: Attendant?)] = commands.map { ($0, nil) }
    while !Task.isCancelled {
      for index in running.indices where running[index].process?.isAlive != true {
        if running[index].process != nil {
          Terminal.note("breath \(running[index].command[0]) ended; it is started again.")
        }
        running[index].process = Attendant(running[index].command)
      }
      try? await Task.sleep(for: .seconds(Attendants.lookSeconds))
    }
  }
}

/// Our own executable with other arguments, whose standard input ends when this value or this process does.
private final class Attendant {
  private let pid: pid_t
  private let input: CInt

  /// Nil when it cannot be started; it is tried again.
  init?(_ arguments: [String]) {
    var ends: [CInt] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { return nil }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(ends[0]) }
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO)
    // What it has to say is for the log, not a result of ours.
    unsafe posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO)
    var words = unsafe (["breath"] + arguments).map { unsafe strdup($0) } + [nil]
    defer { for index in unsafe words.indices { unsafe free(words[index]) } }
    var child: pid_t = 0
    guard unsafe posix_spawn(&child, "/proc/self/exe", &actions, nil, &words, environ) == 0 else {
      close(ends[1])
      return nil
    }
    (pid, input) = (child, ends[1])
  }

  deinit { close(input) }

  /// Asks without waiting; one that ended is buried.
  var isAlive: Bool { waitpid(pid, nil, WNOHANG) == 0 }
}
