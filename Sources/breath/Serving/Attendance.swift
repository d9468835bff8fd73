internal import ArgumentParser
internal import Glibc

/// How a command with --watch spends the time between two rounds, and when it ends.
struct Attendance: ParsableArguments {
  /// Given by `breath serve` to the processes that work beside it: they end with it, however it ends.
  @Flag(name: .customLong("beside-server"), help: .hidden)
  var isBesideServer = false

  /// - Returns: false when it is time to end, since standard input has ended and with it the server.
  func wait(seconds: Int) -> Bool {
    // Whoever reads along, through a pipe or in a log, has it now and not after the next thousand lines.
    fflush(nil)
    guard isBesideServer else {
      sleep(UInt32(seconds))
      return true
    }
    var end = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    let milliseconds = CInt(clamping: seconds * 1000)
    while true {
      let count = unsafe poll(&end, 1, milliseconds)
      if count < 0 && errno == EINTR { continue }
      return count == 0
    }
  }
}
