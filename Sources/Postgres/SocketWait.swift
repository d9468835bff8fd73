#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// What a socket is waited for, or found to be.
struct SocketEvents: OptionSet {
  let rawValue: Int16
  static let readable = Self(rawValue: Int16(POLLIN))
  static let writable = Self(rawValue: Int16(POLLOUT))
}

/// Waits until `socket` is one of `events`, or broken, which counts as all of them: libpq finds out what is wrong.
/// - Throws: `deadlineExpired`, also when bytes still trickle in; a deadline of nil never comes.
func wait(
  for events: SocketEvents, on socket: Int32, until deadline: ContinuousClock.Instant?
) throws(PostgresError.Kind) -> SocketEvents {
  guard socket >= 0 else { return events }  // poll(2) would wait for nothing
  var descriptor = pollfd(fd: socket, events: events.rawValue, revents: 0)
  var ready: Int32 = 0
  repeat {
    if let deadline, deadline <= .now { throw .deadlineExpired }
    ready = unsafe poll(&descriptor, 1, deadline.map(millisecondsLeft) ?? -1)
  } while ready == 0 || (ready < 0 && errno == EINTR)
  let found = SocketEvents(rawValue: descriptor.revents).intersection(events)
  return found.isEmpty ? events : found
}

/// Whether the peer sent something or hung up. Never waits.
func hasNews(_ socket: Int32) -> Bool {
  var descriptor = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
  return unsafe poll(&descriptor, 1, 0) != 0
}

/// Rounded up, so that a wait of less than a millisecond does not spin; at most what poll(2) takes.
private func millisecondsLeft(until deadline: ContinuousClock.Instant) -> Int32 {
  let left = max(.zero, ContinuousClock.now.duration(to: deadline))
  let (seconds, attoseconds) = left.components
  let milliseconds = seconds.multipliedReportingOverflow(by: 1000)
  guard !milliseconds.overflow else { return .max }
  return Int32(clamping: milliseconds.partialValue + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
}
