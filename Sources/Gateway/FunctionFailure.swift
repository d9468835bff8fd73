/// Why a function gave no usable answer.
enum FunctionFailure: Error, Sendable {
  /// It was gone before the event was written: another process can take the event.
  case gone
  case cannotStart(String)
  case died
  case timedOut
  /// It broke the protocol; the text says how and holds nothing of what it wrote.
  case brokeFraming(String)
  /// Too many wait already, or this one waited too long.
  case busy
  /// Too many of this caller's wait already.
  case busyCaller
  /// Enough processes wait for somebody else's server.
  case busyProvider
  /// It had not begun when the server was told to end.
  case ending
}

extension FunctionFailure: CustomStringConvertible {
  var description: String {
    switch self {
    case .gone: "was gone before it got the event"
    case .cannotStart(let reason): "did not start: \(reason)"
    case .died: "died before it answered"
    case .timedOut: "did not finish in time"
    case .brokeFraming(let how): "broke the protocol: \(how)"
    case .busy: "had no free process"
    case .busyCaller: "had no free process for one who waits for many"
    case .busyProvider: "had no process that may wait for another server"
    case .ending: "had no process before the end"
    }
  }
}
