package import StrictJSON

/// Lifetime numbers that only the client knows (challenges, micro sessions, its own streak), kept per device as
/// the maximum it ever reported. Never negative: in the extension a backward clock step can make them so.
package struct Counters: Sendable, Equatable {
  package var totalXP: Int64 = 0
  package var longestStreak: Int64 = 0
  package var challengesCompleted: Int64 = 0
  package var totalMeditationMs: Int64 = 0

  package init(
    totalXP: Int64 = 0, longestStreak: Int64 = 0, challengesCompleted: Int64 = 0, totalMeditationMs: Int64 = 0
  ) {
    self.totalXP = totalXP
    self.longestStreak = longestStreak
    self.challengesCompleted = challengesCompleted
    self.totalMeditationMs = totalMeditationMs
  }

  /// So that the sum over all devices of an account stays a `bigint`; in milliseconds it is 31 years of practice.
  package static let countMax: Int64 = 1_000_000_000_000

  /// Reads the extension's own names. A member that is absent or `null` counts as 0; fractions are cut.
  package init(_ node: JSONNode) throws(JSONMismatch) {
    _ = try node.object()
    totalXP = try Counters.count(node["totalXP"])
    longestStreak = max(try Counters.count(node["longestStreak"]), try Counters.count(node["currentStreak"]))
    challengesCompleted = try Counters.count(node["challengesCompleted"])
    totalMeditationMs = try Counters.count(node["totalMeditationTime"])
  }

  private static func count(_ node: JSONNode) throws(JSONMismatch) -> Int64 {
    let number = try node.ifPresent { node throws(JSONMismatch) in try node.number() } ?? 0
    return Int64(max(0, min(number, Double(Counters.countMax))))
  }

  package func merged(with other: Counters) -> Counters {
    Counters(
      totalXP: max(totalXP, other.totalXP), longestStreak: max(longestStreak, other.longestStreak),
      challengesCompleted: max(challengesCompleted, other.challengesCompleted),
      totalMeditationMs: max(totalMeditationMs, other.totalMeditationMs))
  }
}
