import BreathDomain
import TestSupport
import Testing

struct SessionRulesTests {
  private let now = Timestamp(milliseconds: 1_756_495_601_678)

  /// Started an hour before now; minutes unless said otherwise.
  private func session(
    elapsed: Int64, active: Int64, goal: Double? = nil, cycles: Int64 = 0, bonus: Int64? = nil
  ) -> Session {
    let start = now.milliseconds - 3_600_000
    return Session(
      id: "sess-\(start)", startedAt: Timestamp(milliseconds: start),
      endedAt: Timestamp(milliseconds: start + elapsed * 60_000), activeMs: active * 60_000, cycles: cycles,
      goalMinutes: goal, goalBonusXP: bonus)
  }

  @Test(
    arguments: [
      (11, 7, 10, 7, []), (5, 5, 5, 5, []), (0, 0, 5, 0, []), (60, 60, 5, 60, []), (80, 80, 40, 80, []),
      (-2, -2, 10, 0, ["negative_duration"]), (5, -2, 10, 0, ["negative_duration"]),
      (-2, 5, 10, 0, ["negative_duration"]), (-2, 0, 10, 0, ["negative_duration"]),
      (5, 6, 10, 5, ["active_exceeds_elapsed"]),
      (540, 540, 5, 60, ["implausibly_long"]), (540, 540, 40, 80, ["implausibly_long"]),
      (540, 540, nil, 60, ["implausibly_long"]), (540, 540, -3, 60, ["implausibly_long"]),
      (70, 90, 5, 60, ["active_exceeds_elapsed", "implausibly_long"]),
      (-2, 90, 5, 0, ["negative_duration", "implausibly_long"]),
    ] as [(Int64, Int64, Double?, Int64, [String])])
  func `minutes count within elapsed time and reason`(
    elapsed: Int64, active: Int64, goal: Double?, counted: Int64, codes: [String]
  ) {
    let session = session(elapsed: elapsed, active: active, goal: goal)
    #expect(session.countedMs == counted * 60_000)
    #expect(session.flags(now: now).codes == codes)
  }

  @Test func `a goal beyond all measure is no overflow`() {
    #expect(session(elapsed: 540, active: 540, goal: .greatestFiniteMagnitude).countedMs == 540 * 60_000)
  }

  @Test(arguments: [(86_400_000, []), (86_400_001, ["in_the_future"])] as [(Int64, [String])])
  func `only a start more than a day ahead is in the future`(ahead: Int64, codes: [String]) {
    var session = session(elapsed: 5, active: 5)
    session.startedAt = Timestamp(milliseconds: now.milliseconds + ahead)
    session.endedAt = Timestamp(milliseconds: session.startedAt.milliseconds + 300_000)
    #expect(session.flags(now: now).codes == codes)
    #expect(session.countedMs == 300_000)
  }

  @Test func `each flag is explained once and kept in 16 bits`() {
    let flags = SessionFlags.explained.map(\.flag)
    #expect(Set(flags) == [.negativeDuration, .activeExceedsElapsed, .implausiblyLong, .inTheFuture])
    #expect(flags.count == 4)
    #expect(flags.reduce(into: SessionFlags()) { $0.formUnion($1) }.rawValue == 15)
    #expect(SessionFlags.explained.allSatisfy { $0.detail.contains("kept") })
    #expect(SessionFlags().codes.isEmpty)
  }

  @Test func `an honoured pledge adds nothing to 43 cycles and 5 XP`() {
    var session = session(elapsed: 10, active: 10, goal: 10, cycles: 43, bonus: 5)
    session.pledgeMultiplier = 1.15
    session.pledgeHonored = true
    #expect(session.xp == 48)
  }

  @Test(arguments: [(0, nil, 0), (21, 3, 24), (-4, 3, 3), (4, -1, 4), (0, 0, 0)] as [(Int64, Int64?, Int64)])
  func `a session earns its cycles and its bonus, neither below 0`(cycles: Int64, bonus: Int64?, xp: Int64) {
    var session = session(elapsed: 5, active: 5, cycles: cycles, bonus: bonus)
    session.finalXP = 9000
    #expect(session.xp == xp)
  }

  @Test(arguments: UInt64(0)..<500)
  func `counted time is within bounds and a cut is always flagged`(seed: UInt64) {
    var random = Seeded(seed)
    var session = Session.any(&random)
    session.activeMs += random.number(-5...5)
    let elapsed = session.endedAt.milliseconds - session.startedAt.milliseconds
    let plausible = max(3_600_000, Int64(2 * (session.goalMinutes ?? 0) * 60_000))
    let counted = session.countedMs
    #expect(counted >= 0 && counted <= max(0, elapsed) && counted <= plausible && counted <= max(0, session.activeMs))

    let flags = session.flags(now: now)
    let isCut = counted != session.activeMs
    let isReversed = elapsed < 0
    #expect(!flags.isEmpty == (isCut || isReversed))
    #expect(flags.contains(.negativeDuration) == (isReversed || session.activeMs < 0))
    #expect(flags.contains(.activeExceedsElapsed) == (!isReversed && session.activeMs > elapsed))
    #expect(flags.contains(.implausiblyLong) == (session.activeMs > plausible))
  }
}
