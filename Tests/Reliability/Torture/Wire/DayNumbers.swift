package import StrictJSON

/// What a device counted on one date.
package struct DayNumbers: Hashable, Sendable {
  package var sessions: Int64 = 0
  package var activeMs: Int64 = 0
  package var cycles: Int64 = 0
  package var xp: Int64 = 0

  package var isZero: Bool { self == DayNumbers() }

  package func larger(_ other: DayNumbers) -> DayNumbers {
    DayNumbers(
      sessions: max(sessions, other.sessions), activeMs: max(activeMs, other.activeMs),
      cycles: max(cycles, other.cycles), xp: max(xp, other.xp))
  }

  package func plus(_ other: DayNumbers) -> DayNumbers {
    DayNumbers(
      sessions: sessions + other.sessions, activeMs: activeMs + other.activeMs, cycles: cycles + other.cycles,
      xp: xp + other.xp)
  }

  func minus(_ other: DayNumbers) -> DayNumbers {
    DayNumbers(
      sessions: sessions - other.sessions, activeMs: activeMs - other.activeMs, cycles: cycles - other.cycles,
      xp: xp - other.xp)
  }

  package var words: String { "\(sessions) \(activeMs) \(cycles) \(xp)" }
}

extension DayNumbers {
  package var json: JSONObject {
    JSONObject([
      ("sessions", .integer(sessions)), ("activeMs", .integer(activeMs)), ("cycles", .integer(cycles)),
      ("xp", .integer(xp)),
    ])
  }

  package init?(_ json: JSON) {
    guard let sessions = json["sessions"]?.integer, let activeMs = json["activeMs"]?.integer,
      let cycles = json["cycles"]?.integer, let xp = json["xp"]?.integer
    else { return nil }
    self.init(sessions: sessions, activeMs: activeMs, cycles: cycles, xp: xp)
  }
}

/// Lifetime numbers that only the device knows.
package struct CounterNumbers: Hashable, Sendable {
  package var totalXP: Int64 = 0
  package var longestStreak: Int64 = 0
  package var challenges: Int64 = 0
  package var meditationMs: Int64 = 0

  package var json: JSON {
    [
      "totalXP": .integer(totalXP), "longestStreak": .integer(longestStreak),
      "challengesCompleted": .integer(challenges), "totalMeditationTime": .integer(meditationMs),
    ]
  }
}
