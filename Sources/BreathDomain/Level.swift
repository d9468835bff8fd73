/// One of the eight levels (docs/design/practice.md, "Levels"). Always derived from XP, never taken from a client.
package struct Level: Sendable, Equatable {
  package let number: Int
  package let title: String
  package let xpRequired: Int64
  package let goalMinutes: [Int]
  package let defaultGoalMinutes: Int

  package static let all: [Level] = [
    Level(number: 1, title: "Mindful Rookie", xpRequired: 0, goalMinutes: [3, 5, 10], defaultGoalMinutes: 5),
    Level(number: 2, title: "Breathing Novice", xpRequired: 50, goalMinutes: [3, 5, 10], defaultGoalMinutes: 5),
    Level(number: 3, title: "Calm Coder", xpRequired: 150, goalMinutes: [5, 10, 15], defaultGoalMinutes: 10),
    Level(number: 4, title: "Zen Developer", xpRequired: 300, goalMinutes: [5, 10, 15], defaultGoalMinutes: 10),
    Level(number: 5, title: "Mindful Master", xpRequired: 500, goalMinutes: [10, 15, 20], defaultGoalMinutes: 15),
    Level(number: 6, title: "Breathing Sage", xpRequired: 750, goalMinutes: [10, 15, 20], defaultGoalMinutes: 15),
    Level(number: 7, title: "Code Mystic", xpRequired: 1000, goalMinutes: [15, 20, 25], defaultGoalMinutes: 20),
    Level(number: 8, title: "Breath Master", xpRequired: 1500, goalMinutes: [20, 30, 40], defaultGoalMinutes: 30),
  ]

  /// The highest level whose threshold is reached.
  package static func reached(by totalXP: Int64) -> Level { all.last { $0.xpRequired <= totalXP } ?? all[0] }
}

/// Where a person stands between two levels.
package struct LevelProgress: Sendable, Equatable {
  package let level: Level
  /// XP since this level began; on the last level all XP there is.
  package let levelXP: Int64
  /// XP from this level to the next; on the last level its own threshold.
  package let levelSpanXP: Int64

  package init(totalXP: Int64) {
    let level = Level.reached(by: totalXP)
    let next = Level.all.first { $0.number == level.number + 1 }
    self.level = level
    levelXP = next == nil ? totalXP : max(0, totalXP - level.xpRequired)
    levelSpanXP = next.map { $0.xpRequired - level.xpRequired } ?? level.xpRequired
  }

  /// 0 to 100, rounded as the extension shows it: 199 of 200 is shown as 100.
  package var percent: Int64 {
    min(100, Experience.javaScriptRound(Double(levelXP) / Double(levelSpanXP) * 100))
  }
}
