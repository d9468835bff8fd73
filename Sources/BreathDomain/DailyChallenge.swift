/// The kinds of daily challenge and what one is worth (docs/design/practice.md, "Daily challenges").
package enum ChallengeKind: String, Sendable, CaseIterable {
  case cycles, minutes
  case deepSession = "deep_session"
  case morningBreath = "morning_breath"
  case eveningFlow = "evening_flow"
  case streak

  /// - Parameters:
  ///   - level: 1 to 8.
  ///   - target: cycles or minutes; ignored where the task is to practise once.
  package func rewardXP(level: Int, target: Int) -> Int {
    let base = level * 3 / 2
    return switch self {
    case .cycles: base + target / 10
    case .minutes: 2 * base + target
    case .deepSession: 3 * base + target
    case .morningBreath, .eveningFlow: base + 5
    case .streak: base + 10
    }
  }
}

/// Something to practise on one day. The same on every machine: it follows from the date, the level and bytes that whoever
/// asks draws from both.
package struct DailyChallenge: Sendable, Equatable {
  package let date: LocalDate
  package let kind: ChallengeKind
  /// Cycles or minutes; 1 where the task is to practise once.
  package let target: Int
  package let level: Int
  package let place: Int

  package var rewardXP: Int { kind.rewardXP(level: level, target: target) }

  /// `2026-11-24.4.0`: the day, the level it is for, and its place among the day's. It tells all there is to know.
  package var id: String { "\(date).\(level).\(place)" }

  /// What the day, or a session of it, must have reached. A threshold of 0 asks for nothing.
  package struct Requirement: Sendable, Equatable {
    package fileprivate(set) var cycles: Int64 = 0
    package fileprivate(set) var activeMs: Int64 = 0
    /// What one session must last.
    package fileprivate(set) var sessionMs: Int64 = 0
    /// Practised, or looked at, within these minutes after midnight.
    package fileprivate(set) var minutes = 0..<1440
  }

  package var requirement: Requirement {
    var requirement = Requirement()
    switch kind {
    case .cycles: requirement.cycles = Int64(target)
    case .minutes: requirement.activeMs = Int64(target) * 60_000
    case .deepSession: requirement.sessionMs = Int64(target) * 60_000
    case .morningBreath: requirement.minutes = 0..<720
    case .eveningFlow: requirement.minutes = 1080..<1440
    case .streak: break
    }
    return requirement
  }
}

extension DailyChallenge {
  /// How many bytes `all(on:level:drawn:)` wants.
  package static let bytesDrawn = 16

  /// The levels that are offered equally many: 1 and 2, 3 to 5, 6 to 8.
  package static func band(of level: Int) -> Int { level / 3 }

  /// By the extension's numbers, but no kind twice a day: its own draw may ask for the same twice (decision 19).
  /// - Parameter drawn: `bytesDrawn` bytes, drawn by date and band.
  package static func all(on date: LocalDate, level: Int, drawn: [UInt8]) -> [DailyChallenge] {
    var kinds: [ChallengeKind] = [.cycles, .minutes, .morningBreath, .eveningFlow]
    if level >= 4 { kinds.append(.deepSession) }
    if level >= 6 { kinds.append(.streak) }
    let count = min(4, band(of: level) + 1 + Int(drawn[0] % 2))
    return (0..<count).map { place in
      let kind = kinds.remove(at: Int(drawn[1 + place]) % kinds.count)
      let extra = Int(drawn[8 + place])
      return DailyChallenge(
        date: date, kind: kind, target: target(of: kind, level: level, extra: extra), level: level, place: place)
    }
  }

  private static func target(of kind: ChallengeKind, level: Int, extra: Int) -> Int {
    switch kind {
    case .cycles: 20 + 10 * level + extra % 20
    case .minutes: max(5, 3 * level + extra % 10)
    case .deepSession: max(15, 5 * level + extra % 15)
    case .morningBreath, .eveningFlow, .streak: 1
    }
  }
}

extension DailyChallenge {
  /// The parts of an id; nil for what is none.
  package static func parts(of id: String) -> (date: LocalDate, level: Int, place: Int)? {
    let parts = id.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let date = LocalDate(String(parts[0])), parts[1].utf8.count == 1, parts[2].utf8.count == 1,
      let level = Int(parts[1]), (1...Level.all.count).contains(level), let place = Int(parts[2])
    else { return nil }
    return (date, level, place)
  }
}
