import BreathDomain
import TestSupport
import Testing

@Suite struct DailyChallengeTests {
  private let date = LocalDate(daysSince1970: 20_781)

  private func drawn(_ random: inout Seeded) -> [UInt8] {
    (0..<DailyChallenge.bytesDrawn).map { _ in UInt8(random.number(0...255)) }
  }

  /// How many, what they ask for and what they are worth (docs/design/practice.md, "Daily challenges").
  @Test(arguments: [
    (1, 1...2, [ChallengeKind.cycles: (30...49, 4...5), .minutes: (5...12, 7...14), .morningBreath: (1...1, 6...6)]),
    (3, 2...3, [.cycles: (50...69, 9...10), .minutes: (9...18, 17...26), .eveningFlow: (1...1, 9...9)]),
    (
      5, 2...3,
      [.cycles: (70...89, 14...15), .minutes: (15...24, 29...38), .deepSession: (25...39, 46...60)]
    ),
    (
      8, 3...4,
      [
        .cycles: (100...119, 22...23), .minutes: (24...33, 48...57), .deepSession: (40...54, 76...90),
        .streak: (1...1, 22...22),
      ]
    ),
  ])
  func `as many as the level has, each within its bounds, and all of them come up`(
    level: Int, counts: ClosedRange<Int>, bounds: [ChallengeKind: (ClosedRange<Int>, ClosedRange<Int>)]
  ) {
    var random = Seeded(UInt64(level))
    var seen: [ChallengeKind: Set<Int>] = [:]
    var seenCounts: Set<Int> = []
    for _ in 0..<2000 {
      let challenges = DailyChallenge.all(on: date, level: level, drawn: drawn(&random))
      seenCounts.insert(challenges.count)
      #expect(Set(challenges.map(\.kind)).count == challenges.count, "no kind twice")
      for challenge in challenges {
        seen[challenge.kind, default: []].insert(challenge.target)
        guard let (targets, rewards) = bounds[challenge.kind] else { continue }
        #expect(targets.contains(challenge.target) && rewards.contains(challenge.rewardXP), "\(challenge)")
      }
    }
    #expect(seenCounts == Set(counts))
    for (kind, bound) in bounds { #expect(seen[kind] == Set(bound.0), "\(kind)") }
    #expect((seen[.deepSession] != nil) == (level >= 4) && (seen[.streak] != nil) == (level >= 6))
  }

  @Test func `an id says all there is to know, and nothing else is one`() throws {
    let challenge = try #require(DailyChallenge.all(on: date, level: 4, drawn: Array(repeating: 7, count: 16)).last)
    let parts = try #require(DailyChallenge.parts(of: challenge.id))
    #expect(parts.date == date && parts.level == 4 && parts.place == challenge.place)
    for id in [
      "", "2026-11-24", "2026-11-24.0.0", "2026-11-24.9.0", "2026-11-24.4.00", "2026-02-30.4.0", "2026-11-24.4.0 ",
    ] {
      #expect(DailyChallenge.parts(of: id) == nil, "\(id)")
    }
  }

  @Test func `levels of one band are offered equally many by the same draw`() {
    var random = Seeded(1)
    for _ in 0..<100 {
      let drawn = drawn(&random)
      for band in [[1, 2], [3, 4, 5], [6, 7, 8]] {
        #expect(Set(band.map { DailyChallenge.all(on: date, level: $0, drawn: drawn).count }).count == 1)
        #expect(Set(band.map(DailyChallenge.band)).count == 1)
      }
    }
  }
}
