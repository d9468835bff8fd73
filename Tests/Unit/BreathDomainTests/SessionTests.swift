import BreathDomain
import StrictJSON
import TestSupport
import Testing

struct SessionTests {
  private static let whole = """
    {"id": "sess-1756478740901", "startedAt": "2025-08-29T14:45:40.901Z", "endedAt": "2025-08-29T14:55:40.901Z",
     "activeMs": 600000, "cycles": 43, "goalMinutes": 10, "goalBonusXP": 5, "pledgeMultiplier": 1.15,
     "finalXP": 115, "pledgeHonored": true}
    """

  /// The whole record with some members set; "absent" removes one.
  private func record(_ changes: [String: String]) throws -> JSONNode {
    var object = try #require(try node(SessionTests.whole).json?.object)
    for (key, text) in changes { object[key] = text == "absent" ? nil : try node(text).json ?? .null }
    return JSONNode(.object(object))
  }

  @Test func `a whole record is read`() throws {
    let session = try Session(node(SessionTests.whole))
    let expected = Session(
      id: "sess-1756478740901", startedAt: Timestamp(milliseconds: 1_756_478_740_901),
      endedAt: Timestamp(milliseconds: 1_756_479_340_901), activeMs: 600_000, cycles: 43, goalMinutes: 10,
      goalBonusXP: 5, pledgeMultiplier: 1.15, pledgeHonored: true, finalXP: 115)
    #expect(session == expected)
  }

  @Test(arguments: ["absent", "null"])
  func `what is optional may be absent or null`(text: String) throws {
    let optional = ["cycles", "goalMinutes", "goalBonusXP", "pledgeMultiplier", "pledgeHonored", "finalXP"]
    let session = try Session(record(Dictionary(uniqueKeysWithValues: optional.map { ($0, text) })))
    let expected = Session(
      id: "sess-1756478740901", startedAt: session.startedAt, endedAt: session.endedAt, activeMs: 600_000)
    #expect(session == expected)
    #expect(session.cycles == 0)
  }

  @Test func `members of a later version are ignored`() throws {
    #expect(try Session(record(["pattern": "\"chill\"", "quality": "0.5"])) == Session(node(SessionTests.whole)))
  }

  @Test func `a clock set back is read as it stands`() throws {
    let session = try Session(
      record([
        "endedAt": "\"2025-08-29T14:43:40.901Z\"", "activeMs": "-120000", "goalBonusXP": "-1", "finalXP": "-1",
      ]))
    #expect(session.activeMs == -120_000 && session.goalBonusXP == -1 && session.finalXP == -1)
    #expect(session.endedAt < session.startedAt)
  }

  @Test func `a number may be spelt as JavaScript's doubles are`() throws {
    let session = try Session(record(["activeMs": "6e5", "cycles": "43.0", "goalMinutes": "0.5", "finalXP": "1.5"]))
    #expect(session.activeMs == 600_000 && session.cycles == 43)
    #expect(session.goalMinutes == 0.5 && session.finalXP == 1.5)
  }

  @Test(arguments: [
    ("id", "absent", "missing"), ("id", "null", "missing"), ("id", "7", "wrong_type"),
    ("id", "\"\"", "out_of_range"), ("startedAt", "absent", "missing"), ("startedAt", "1756478740901", "wrong_type"),
    ("startedAt", "\"yesterday\"", "invalid_timestamp"), ("startedAt", "\"\"", "out_of_range"),
    ("endedAt", "null", "missing"), ("endedAt", "\"Fri Aug 29 2025\"", "invalid_timestamp"),
    ("activeMs", "absent", "missing"), ("activeMs", "0.5", "wrong_type"), ("activeMs", "\"600000\"", "wrong_type"),
    ("activeMs", "9007199254740992", "out_of_range"), ("activeMs", "-9007199254740992", "out_of_range"),
    ("cycles", "1.5", "wrong_type"), ("cycles", "1000000001", "out_of_range"),
    ("cycles", "-1000000001", "out_of_range"), ("goalBonusXP", "1000000001", "out_of_range"),
    ("goalMinutes", "\"10\"", "wrong_type"), ("goalBonusXP", "2.5", "wrong_type"),
    ("pledgeMultiplier", "true", "wrong_type"), ("pledgeHonored", "1", "wrong_type"), ("finalXP", "[]", "wrong_type"),
  ])
  func `a member that cannot be is a complaint with its place`(key: String, text: String, code: String) throws {
    let record = try record([key: text])
    #expect(complaint { () throws(JSONMismatch) in _ = try Session(record) } == "/\(key) \(code)")
  }

  @Test func `what is no object is a complaint`() {
    #expect(complaint { () throws(JSONMismatch) in _ = try Session(JSONNode("sess-1")) } == " wrong_type")
  }

  @Test func `the widest whole numbers are read`() throws {
    let session = try Session(record(["activeMs": "9007199254740991", "cycles": "-1000000000"]))
    #expect(session.activeMs == 9_007_199_254_740_991 && session.cycles == -1_000_000_000)
  }

  /// A flag is one character to people and two code points to PostgreSQL, whose check must never be what refuses.
  @Test func `an id has at most 128 code points`() throws {
    func id(_ count: Int, _ part: String) throws -> JSONNode {
      try record(["id": "\"\(String(repeating: part, count: count))\""])
    }
    #expect(try Session(id(128, "x")).id.count == 128)
    #expect(try Session(id(64, "🇨🇷")).id.count == 64)
    for node in [try id(129, "x"), try id(43, "🇨🇷x"), try id(128, "🇨🇷")] {  // 43 × 3 = 129
      #expect(complaint { () throws(JSONMismatch) in _ = try Session(node) } == "/id out_of_range")
    }
  }

  @Test func `the canonical text is stable`() throws {
    let canonical = "18:sess-1756478740901 1756478740901 1756479340901 600000 43 10.0 5 1.15 true 115.0"
    #expect(try Session(node(SessionTests.whole)).canonicalText == canonical)
    let bare = Session(
      id: "a", startedAt: Timestamp(milliseconds: 1), endedAt: Timestamp(milliseconds: 2), activeMs: 3)
    #expect(bare.canonicalText == "1:a 1 2 3 0 - - - - -")
  }

  @Test func `the canonical text tells two sessions apart exactly when they differ`() {
    var random = Seeded(2025)
    var equal = 0
    for _ in 0..<2000 {
      let a = Session.any(&random)
      var b = a
      for _ in 0..<random.number(1...2) { change(&b, to: Session.any(&random), &random) }
      #expect((a == b) == (a.canonicalText == b.canonicalText), "\(a.canonicalText) | \(b.canonicalText)")
      equal += a == b ? 1 : 0
    }
    #expect((200...1800).contains(equal), "both sides of the law are reached")
  }

  private func change(_ session: inout Session, to other: Session, _ random: inout Seeded) {
    switch random.number(0...9) {
    case 0: session.id = other.id
    case 1: session.startedAt = other.startedAt
    case 2: session.endedAt = other.endedAt
    case 3: session.activeMs = other.activeMs
    case 4: session.cycles = other.cycles
    case 5: session.goalMinutes = other.goalMinutes
    case 6: session.goalBonusXP = other.goalBonusXP
    case 7: session.pledgeMultiplier = other.pledgeMultiplier
    case 8: session.pledgeHonored = other.pledgeHonored
    default: session.finalXP = other.finalXP
    }
  }
}
