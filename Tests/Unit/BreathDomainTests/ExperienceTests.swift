import BreathDomain
import StrictJSON
import Testing

struct ExperienceTests {
  @Test(arguments: [(1, 1), (3, 2), (5, 3), (10, 5), (15, 8), (20, 10), (25, 13), (30, 15), (40, 20)])
  func `a reached goal earns half its minutes`(goal: Int, bonus: Int64) {
    #expect(Experience.goalBonus(goalMinutes: Double(goal), activeMs: Int64(goal) * 60_000) == bonus)
  }

  @Test func `a goal of 15 minutes practised for 12 earns 6 XP`() {
    #expect(Experience.goalBonus(goalMinutes: 15, activeMs: 720_000) == 6)
  }

  @Test(arguments: [(5, 1, 1), (10, 7, 4), (15, 12, 6)])
  func `a goal reached in part earns its share`(goal: Int, minutes: Int64, bonus: Int64) {
    #expect(Experience.goalBonus(goalMinutes: Double(goal), activeMs: minutes * 60_000) == bonus)
  }

  @Test func `a laptop asleep for 9 hours earns no more than its goal of 5 minutes`() {
    #expect(Experience.goalBonus(goalMinutes: 5, activeMs: 32_400_000) == 3)
  }

  @Test func `a session ended at once earns nothing`() {
    #expect(Experience.goalBonus(goalMinutes: 5, activeMs: 0) == 0)
  }

  @Test(arguments: [0, -5, -0.0]) func `no goal earns nothing`(goal: Double) {
    #expect(Experience.goalBonus(goalMinutes: goal, activeMs: 600_000) == 0)
  }

  @Test func `a clock set back by 2 minutes takes one XP, as the extension does`() {
    #expect(Experience.goalBonus(goalMinutes: 10, activeMs: -120_000) == -1)
    #expect(Experience.goalBonus(goalMinutes: 10, activeMs: -60_000) == 0, "halves round up, not away from 0")
  }

  @Test(arguments: RecordedExport.all)
  func `every recorded session has the bonus of the rule`(recorded: RecordedExport) throws {
    let sessions = try recorded.read().sessions
    #expect(!sessions.isEmpty)
    for session in sessions {
      let bonus = Experience.goalBonus(goalMinutes: session.goalMinutes ?? 0, activeMs: session.activeMs)
      #expect(session.goalBonusXP == bonus, "\(session.id)")
    }
  }

  @Test(arguments: [
    (Experience.Urgency.fresh, 5, 6), (.reminder, 7, 8), (.overdue, 10, 12),
  ])
  func `a micro meditation is worth more when overdue and when repeated`(
    urgency: Experience.Urgency, first: Int64, later: Int64
  ) {
    #expect(Experience.microMeditation(urgency, isFirstOfDay: true) == first)
    #expect(Experience.microMeditation(urgency, isFirstOfDay: false) == later)
  }
}

struct ChallengeKindTests {
  /// Every cell of the table of ranges: level, kind, lowest and highest target, and what they earn.
  @Test(arguments: [
    (1, ChallengeKind.cycles, 30...49, 4...5), (1, .minutes, 5...12, 7...14),
    (1, .morningBreath, 1...1, 6...6), (1, .eveningFlow, 1...1, 6...6),
    (3, .cycles, 50...69, 9...10), (3, .minutes, 9...18, 17...26), (3, .morningBreath, 1...1, 9...9),
    (5, .cycles, 70...89, 14...15), (5, .minutes, 15...24, 29...38), (5, .deepSession, 25...39, 46...60),
    (5, .eveningFlow, 1...1, 12...12),
    (6, .cycles, 80...99, 17...18), (6, .minutes, 18...27, 36...45), (6, .deepSession, 30...44, 57...71),
    (6, .morningBreath, 1...1, 14...14), (6, .streak, 1...1, 19...19),
    (8, .cycles, 100...119, 22...23), (8, .minutes, 24...33, 48...57), (8, .deepSession, 40...54, 76...90),
    (8, .eveningFlow, 1...1, 17...17), (8, .streak, 1...1, 22...22),
  ])
  func `a reward lies in the range of its level`(
    level: Int, kind: ChallengeKind, targets: ClosedRange<Int>, rewards: ClosedRange<Int>
  ) {
    #expect(kind.rewardXP(level: level, target: targets.lowerBound) == rewards.lowerBound)
    #expect(kind.rewardXP(level: level, target: targets.upperBound) == rewards.upperBound)
  }

  @Test func `a deep session of 30 minutes on level 5 earns 51 XP`() {
    #expect(ChallengeKind.deepSession.rewardXP(level: 5, target: 30) == 51)
  }

  @Test func `57 cycles on level 3 earn 9 XP`() {
    #expect(ChallengeKind.cycles.rewardXP(level: 3, target: 57) == 9)
  }

  @Test func `four of the best challenges earn 360 XP in a day`() {
    let highest: [ChallengeKind: Int] = [.cycles: 119, .minutes: 33, .deepSession: 54]
    let best = ChallengeKind.allCases.map { $0.rewardXP(level: 8, target: highest[$0] ?? 1) }.max()
    #expect(best.map { 4 * $0 } == 360)
  }

  @Test func `the extension's names are read`() {
    let names = ["cycles", "minutes", "streak", "deep_session", "morning_breath", "evening_flow"]
    #expect(Set(names.compactMap(ChallengeKind.init(rawValue:))) == Set(ChallengeKind.allCases))
  }

  @Test(arguments: [RecordedExport.costaRica, .berlin, .madrid])
  func `every recorded challenge earns what the rule says`(recorded: RecordedExport) throws {
    let meditation = try recorded.document()["breathMaster"]["meditation"]
    let level = Level.reached(by: try ExportFile(recorded.document()).counters.totalXP)
    let challenges = try meditation["dailyChallenges"].items()
    #expect(!challenges.isEmpty)
    for challenge in challenges {
      let kind = try #require(ChallengeKind(rawValue: challenge["type"].string(length: 1...32)))
      let target = Int(try challenge["target"].integer(in: 1...200))
      #expect(
        try challenge["rewardXP"].integer(in: 1...100) == Int64(kind.rewardXP(level: level.number, target: target)))
    }
  }
}
