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

/// Waits until `socket` is one of `events`, or broken, which counts as both.
/// - Throws: `deadlineExpired`; a deadline of nil never comes.
func wait(
  for events: SocketEvents, on socket: Int32, until deadline: ContinuousClock.Instant?
) throws(PostgresError.Kind) -> SocketEvents {
  var descriptor = pollfd(fd: socket, events: events.rawValue, revents: 0)
  while true {
    let ready = unsafe poll(&descriptor, 1, deadline.map(millisecondsLeft) ?? -1)
    if ready > 0 {
      let found = SocketEvents(rawValue: descriptor.revents).intersection(events)
      return found.isEmpty ? events : found
    }
    if let deadline, deadline <= .now { throw .deadlineExpired }
    if ready < 0, errno != EINTR { return events }  // libpq finds out what is wrong with the socket
  }
}

/// Whether nothing at all has arrived: no data nobody asked for, no hang-up. Never waits.
func isSilent(_ socket: Int32) -> Bool {
  var descriptor = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
  return unsafe poll(&descriptor, 1, 0) == 0
}

/// Rounded up, so that a wait of less than a millisecond does not spin; at most what poll(2) takes.
private func millisecondsLeft(until deadline: ContinuousClock.Instant) -> Int32 {
  let left = max(.zero, ContinuousClock.now.duration(to: deadline))
  let (seconds, attoseconds) = left.components
  let milliseconds = seconds.multipliedReportingOverflow(by: 1000)
  guard !milliseconds.overflow else { return .max }
  return Int32(clamping: milliseconds.partialValue + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
}
