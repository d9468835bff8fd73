import BreathDomain
import Testing

struct LevelTests {
  @Test(arguments: [
    (1, "Mindful Rookie", 0, [3, 5, 10], 5), (2, "Breathing Novice", 50, [3, 5, 10], 5),
    (3, "Calm Coder", 150, [5, 10, 15], 10), (4, "Zen Developer", 300, [5, 10, 15], 10),
    (5, "Mindful Master", 500, [10, 15, 20], 15), (6, "Breathing Sage", 750, [10, 15, 20], 15),
    (7, "Code Mystic", 1000, [15, 20, 25], 20), (8, "Breath Master", 1500, [20, 30, 40], 30),
  ])
  func `a level begins at its threshold`(number: Int, title: String, xp: Int64, goals: [Int], goal: Int) {
    let level = Level.reached(by: xp)
    #expect(level.number == number && level.title == title && level.xpRequired == xp)
    #expect(level.goalMinutes == goals && level.defaultGoalMinutes == goal)
    #expect(Level.reached(by: xp - 1).number == max(1, number - 1))
  }

  @Test func `there are eight levels`() { #expect(Level.all.map(\.number) == Array(1...8)) }

  @Test(arguments: [
    (0, 1, 0, 50, 0), (49, 1, 49, 50, 98), (50, 2, 0, 100, 0), (240, 3, 90, 150, 60), (499, 4, 199, 200, 100),
    (500, 5, 0, 250, 0), (749, 5, 249, 250, 100), (1500, 8, 1500, 1500, 100), (2000, 8, 2000, 1500, 100),
    (-1, 1, 0, 50, 0),
  ])
  func `progress is counted from the level's own threshold`(
    totalXP: Int64, number: Int, xp: Int64, span: Int64, percent: Int64
  ) {
    let progress = LevelProgress(totalXP: totalXP)
    #expect(progress.level.number == number)
    #expect(progress.levelXP == xp && progress.levelSpanXP == span)
    #expect(progress.percent == percent)
  }

  @Test(arguments: [(Int64(0), 63), (64, 7)])
  func `level 5 takes 63 sessions of 15 minutes without cycles and 7 with them`(cycles: Int64, count: Int) {
    let session = Session(
      id: "sess-1", startedAt: Timestamp(milliseconds: 0), endedAt: Timestamp(milliseconds: 900_000),
      activeMs: 900_000, cycles: cycles, goalMinutes: 15,
      goalBonusXP: Experience.goalBonus(goalMinutes: 15, activeMs: 900_000))
    let levels = (0...100).map { Level.reached(by: $0 * session.xp).number }
    #expect(levels.firstIndex(of: 5) == count)
  }

  @Test func `15 minutes of chill count 64 cycles`() {
    #expect(Int(15 * BreathPattern.chill.cyclesPerMinute) == 64)
  }

  @Test func `more XP never lowers a level or leaves 0 to 100 percent`() {
    var last = 0
    for totalXP in Int64(-10)...2100 {
      let progress = LevelProgress(totalXP: totalXP)
      #expect(progress.level.number >= last && (0...100).contains(progress.percent), "\(totalXP) XP")
      last = progress.level.number
    }
    #expect(last == 8)
  }
}
