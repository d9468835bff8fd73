package import FoundationEssentials
package import StrictJSON

/// What surrounds one event: who it is to the log, how much time it has, and when it is.
/// Made anew for every event and not `Sendable`, so nothing of one caller can reach the next.
package final class Context {
  /// The platform's activation id, else the caller's X-Request-Id when it is a plain token, else random.
  package let requestID: String
  /// The caller's trace with a span of our own, or a new trace.
  package let traceparent: String
  /// When the answer must be ready: the event's deadline less a margin. For HTTP never more than 25 s away, since the
  /// platform gives up on the caller at 30 s; 25 s too when the event has no deadline.
  package let deadline: ContinuousClock.Instant
  /// When the event came in.
  package let now: Date

  package static let webBudgetMax = Duration.seconds(25)
  /// The longest a function may run at all; a schedule's work may need it.
  package static let invocationBudgetMax = Duration.seconds(15 * 60)
  static let deadlineMargin = Duration.seconds(1)

  private let world: World
  private let started: ContinuousClock.Instant
  private var measured: [(name: String, time: Duration)] = []

  /// - Parameters:
  ///   - deadlineMs: milliseconds since 1970, as the platform gives them.
  ///   - budgetMax: the farthest that deadline may be away.
  package init(
    activationID: String? = nil, deadlineMs: Int64? = nil, budgetMax: Duration = Context.webBudgetMax,
    headers: Headers = Headers(), world: World = World()
  ) {
    self.world = world
    now = world.now()
    started = world.instant()
    requestID =
      [activationID, headers["x-request-id"]].compactMap { $0 }.first(where: Context.isToken) ?? world.hex(digits: 32)
    traceparent = TraceContext(continuing: headers["traceparent"], world).traceparent
    deadline = started + Context.budget(until: deadlineMs, now, budgetMax)
  }

  private static func isToken(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
          true
        default: false
        }
      }
  }

  private static func budget(until deadlineMs: Int64?, _ now: Date, _ budgetMax: Duration) -> Duration {
    guard let deadlineMs else { return min(webBudgetMax, budgetMax) }
    let left = Double(deadlineMs) / 1000 - now.timeIntervalSince1970
    return min(max(.seconds(left) - deadlineMargin, .zero), budgetMax)
  }
}

// MARK: - Server-Timing

extension Context {
  /// Adds the time `work` takes to that name in Server-Timing; calls of one name add up.
  package func measure<Value, Failure: Error>(
    _ name: StaticString = "db", _ work: () throws(Failure) -> Value
  ) throws(Failure) -> Value {
    let start = world.instant()
    defer { add(world.instant() - start, to: "\(name)") }
    return try work()
  }

  private func add(_ time: Duration, to name: String) {
    if let place = measured.firstIndex(where: { $0.name == name }) {
      measured[place].time += time
    } else {
      measured.append((name, time))
    }
  }

  var elapsed: Duration { world.instant() - started }

  /// `app` is what no other name accounts for.
  func serverTiming(isCold: Bool) -> String {
    let app = elapsed - measured.reduce(.zero) { $0 + $1.time }
    let entries = (measured + [("app", app)]).map { "\($0.name);dur=\(Context.milliseconds($0.time))" }
    return (entries + (isCold ? ["cold"] : [])).joined(separator: ", ")
  }

  /// With one decimal, rounded.
  static func milliseconds(_ time: Duration) -> Double { ((time / .milliseconds(1)) * 10).rounded() / 10 }
}

// MARK: - Log

extension Context {
  /// One line of JSON; values are cut at `LogLine.valueBytesMax`. Never give it tokens, addresses, or names.
  package func log(_ level: LogLevel, _ message: String, _ fields: [String: JSON] = [:]) {
    LogLine(level, message, fields, requestID: requestID, at: world.now()).write(to: world.logDescriptor)
  }
}
