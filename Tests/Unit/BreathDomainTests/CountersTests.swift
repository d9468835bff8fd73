import BreathDomain
import StrictJSON
import TestSupport
import Testing

struct CountersTests {
  @Test func `the extension's own names are read`() throws {
    let counters = try Counters(
      node(
        """
        {"totalXP": 127, "currentStreak": 3, "longestStreak": 5, "challengesCompleted": 2,
         "totalMeditationTime": 1680000, "todaySessionTime": 9}
        """))
    let expected = Counters(totalXP: 127, longestStreak: 5, challengesCompleted: 2, totalMeditationMs: 1_680_000)
    #expect(counters == expected)
  }

  @Test func `a current streak above the longest counts as reported`() throws {
    #expect(try Counters(node("{\"currentStreak\": 2, \"longestStreak\": 1}")).longestStreak == 2)
    #expect(try Counters(node("{\"currentStreak\": 2}")).longestStreak == 2)
  }

  @Test(
    arguments: [
      ("{}", 0), ("{\"totalXP\": null}", 0), ("{\"totalXP\": -1}", 0), ("{\"totalXP\": 12.9}", 12),
      ("{\"totalXP\": -0.5}", 0), ("{\"totalXP\": 1e300}", 1_000_000_000_000),
      ("{\"totalXP\": 9223372036854775807}", 1_000_000_000_000),
    ] as [(String, Int64)])
  func `odd numbers become whole ones from 0 up`(text: String, totalXP: Int64) throws {
    #expect(try Counters(node(text)) == Counters(totalXP: totalXP))
  }

  @Test(arguments: [
    ("{\"totalXP\": \"12\"}", "/totalXP wrong_type"), ("{\"longestStreak\": []}", "/longestStreak wrong_type"),
    ("{\"currentStreak\": true}", "/currentStreak wrong_type"), ("[]", " wrong_type"), ("null", " missing"),
    ("{\"challengesCompleted\": {}}", "/challengesCompleted wrong_type"),
    ("{\"totalMeditationTime\": \"\"}", "/totalMeditationTime wrong_type"),
  ])
  func `what is no number is a complaint with its place`(text: String, expected: String) throws {
    let node = try node(text)
    #expect(complaint { () throws(JSONMismatch) in _ = try Counters(node) } == expected)
  }

  @Test(arguments: UInt64(0)..<300)
  func `merging is commutative, associative, idempotent, and loses nothing`(seed: UInt64) {
    var random = Seeded(seed)
    func any() -> Counters {
      Counters(
        totalXP: random.number(0...4), longestStreak: random.number(0...4),
        challengesCompleted: random.number(0...4), totalMeditationMs: random.number(0...4))
    }
    let (a, b, c) = (any(), any(), any())
    let both = a.merged(with: b)
    #expect(both == b.merged(with: a))
    #expect(both.merged(with: c) == a.merged(with: b.merged(with: c)))
    #expect(a.merged(with: a) == a)
    #expect(a.merged(with: Counters()) == a)
    #expect(both.totalXP >= a.totalXP && both.longestStreak >= a.longestStreak)
    #expect(both.challengesCompleted >= a.challengesCompleted && both.totalMeditationMs >= a.totalMeditationMs)
  }
}
