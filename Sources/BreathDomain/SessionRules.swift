/// What makes a session implausible. It is kept and synced all the same, and the person is told why.
package struct SessionFlags: OptionSet, Sendable, Hashable {
  package let rawValue: Int16
  package init(rawValue: Int16) { self.rawValue = rawValue }

  package static let negativeDuration = SessionFlags(rawValue: 1)
  package static let activeExceedsElapsed = SessionFlags(rawValue: 2)
  package static let implausiblyLong = SessionFlags(rawValue: 4)
  package static let inTheFuture = SessionFlags(rawValue: 8)

  /// Each flag with its stable code and an explanation that blames nobody; the gravest first.
  package static let explained: [(flag: SessionFlags, code: String, detail: String)] = [
    (
      .negativeDuration, "negative_duration",
      "The clock of this device was set back during the session. It is kept; its minutes count as 0."
    ),
    (
      .inTheFuture, "in_the_future",
      "The session begins later than now. It is kept as sent; the clock of this device may be ahead."
    ),
    (
      .activeExceedsElapsed, "active_exceeds_elapsed",
      "More active time than passed between start and end. It is kept; the time between them counts."
    ),
    (
      .implausiblyLong, "implausibly_long",
      "Longer than an hour and than twice its goal, as when a computer sleeps. It is kept; its time counts up to there."
    ),
  ]

  package var codes: [String] { SessionFlags.explained.filter { contains($0.flag) }.map(\.code) }
}

extension Session {
  private var elapsedMs: Int64 { endedAt.milliseconds - startedAt.milliseconds }

  /// Twice the goal, but never less than an hour.
  private var plausibleMs: Int64 {
    let hourMs: Int64 = 3_600_000
    guard let goalMinutes, goalMinutes > 0 else { return hourMs }
    return max(hourMs, Int64(min(2 * goalMinutes * 60_000, 1e15)))
  }

  /// Running time that counts, in milliseconds: `activeMs` limited to 0 … min(end − start, max(1 h, 2 × goal)),
  /// and 0 when the end precedes the start (docs/design/practice.md, "Sessions").
  package var countedMs: Int64 {
    elapsedMs < 0 ? 0 : max(0, min(activeMs, elapsedMs, plausibleMs))
  }

  /// max(0, cycles) + max(0, goalBonusXP). A pledge's multiplier adds nothing in any released version.
  package var xp: Int64 { max(0, cycles) + max(0, goalBonusXP ?? 0) }

  /// - Parameter now: the server's clock; a start more than a day ahead of it is no time-zone mistake.
  package func flags(now: Timestamp) -> SessionFlags {
    var flags: SessionFlags = []
    if elapsedMs < 0 || activeMs < 0 { flags.insert(.negativeDuration) }
    if elapsedMs >= 0, activeMs > elapsedMs { flags.insert(.activeExceedsElapsed) }
    if activeMs > plausibleMs { flags.insert(.implausiblyLong) }
    if startedAt.milliseconds > now.milliseconds + 86_400_000 { flags.insert(.inTheFuture) }
    return flags
  }
}
