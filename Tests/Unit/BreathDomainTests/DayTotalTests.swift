import BreathDomain
import StrictJSON
import TestSupport
import Testing

struct DayTotalTests {
  private let day = LocalDate(daysSince1970: 20_329)

  @Test func `a day is read from its members`() throws {
    let total = try DayTotal(
      node("{\"date\": \"2025-08-29\", \"sessions\": 2, \"activeMs\": 660000, \"cycles\": 47, \"xp\": 53}"))
    #expect(total == DayTotal(date: day, sessions: 2, activeMs: 660_000, cycles: 47, xp: 53))
  }

  @Test(arguments: [
    ("date", "\"2025-02-30\"", "/date invalid_date"), ("date", "\"Fri Aug 29 2025\"", "/date invalid_date"),
    ("date", "null", "/date missing"), ("date", "20329", "/date wrong_type"),
    ("sessions", "-1", "/sessions out_of_range"), ("sessions", "100001", "/sessions out_of_range"),
    ("activeMs", "180000001", "/activeMs out_of_range"), ("activeMs", "-1", "/activeMs out_of_range"),
    ("activeMs", "0.5", "/activeMs wrong_type"), ("cycles", "1000000001", "/cycles out_of_range"),
    ("cycles", "\"0\"", "/cycles wrong_type"), ("xp", "-1", "/xp out_of_range"), ("xp", "null", "/xp missing"),
  ])
  func `a day that cannot be is a complaint with its place`(key: String, value: String, expected: String) throws {
    var members: JSON = ["date": "2025-08-29", "sessions": 1, "activeMs": 1, "cycles": 1, "xp": 1]
    guard case .object(var object) = members else { return }
    object[key] = try node(value).json ?? .null
    members = .object(object)
    #expect(complaint { () throws(JSONMismatch) in _ = try DayTotal(JSONNode(members)) } == expected)
  }

  @Test func `what is no object is a complaint`() {
    #expect(complaint { () throws(JSONMismatch) in _ = try DayTotal(JSONNode([1])) } == " wrong_type")
  }

  @Test func `the sample's five sessions add up`() throws {
    let total = try RecordedExport.sample.read().sessions.reduce(into: DayTotal(date: day)) { $0.add($1) }
    #expect(total == DayTotal(date: day, sessions: 5, activeMs: 1_680_000, cycles: 98, xp: 114))
  }

  @Test func `a clock set back subtracts nothing`() throws {
    var total = DayTotal(date: day, sessions: 1, activeMs: 60_000, cycles: 4, xp: 5)
    total.add(
      Session(
        id: "sess-1", startedAt: Timestamp(milliseconds: 120_000), endedAt: Timestamp(milliseconds: 0),
        activeMs: -120_000, cycles: -1, goalMinutes: 10, goalBonusXP: -1, finalXP: -1))
    #expect(total == DayTotal(date: day, sessions: 2, activeMs: 60_000, cycles: 4, xp: 5))
  }

  @Test func `a day of boundless sessions stops at what can be pushed`() throws {
    let most = Session.wholeNumbers.upperBound
    let boundless = Session(
      id: "sess-1", startedAt: Timestamp(milliseconds: 0), endedAt: Timestamp(milliseconds: most), activeMs: most,
      cycles: most, goalMinutes: 1e9, goalBonusXP: most)
    var total = DayTotal(date: day, sessions: DayTotal.sessionsMax - 1)
    for _ in 0..<600 { total.add(boundless) }
    let full = DayTotal(
      date: day, sessions: DayTotal.sessionsMax, activeMs: DayTotal.activeMsMax, cycles: 1_000_000_000,
      xp: 1_000_000_000)
    #expect(total == full)
    let pushed: JSON = [
      "date": .string("\(full.date)"), "sessions": .integer(full.sessions), "activeMs": .integer(full.activeMs),
      "cycles": .integer(full.cycles), "xp": .integer(full.xp),
    ]
    #expect(try DayTotal(JSONNode(pushed)) == full)
  }

  @Test(arguments: UInt64(0)..<300)
  func `merging is commutative, associative, idempotent, and loses nothing`(seed: UInt64) {
    var random = Seeded(seed)
    func any() -> DayTotal {
      DayTotal(
        date: day, sessions: random.number(0...4), activeMs: random.number(0...4), cycles: random.number(0...4),
        xp: random.number(0...4))
    }
    let (a, b, c) = (any(), any(), any())
    let both = a.merged(with: b)
    #expect(both == b.merged(with: a))
    #expect(both.merged(with: c) == a.merged(with: b.merged(with: c)))
    #expect(a.merged(with: a) == a)
    #expect(a.merged(with: DayTotal(date: day)) == a)
    #expect(both.sessions >= a.sessions && both.activeMs >= a.activeMs && both.cycles >= a.cycles && both.xp >= a.xp)
  }
}
