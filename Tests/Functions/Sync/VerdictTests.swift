import Foundation
import Postgres
import StrictJSON
import Testing

/// What became of each pushed item.
@Suite struct VerdictTests {
  private static let tomorrowNextWeek = Practice.stamp(Date(timeIntervalSinceNow: 7 * 86_400))

  @Test(
    arguments: [
      ("negative_duration", Practice.session("x", to: "2025-08-27T14:01:00.000Z"), 0),
      ("active_exceeds_elapsed", Practice.session("x", activeMs: 400_000), 300_000),
      (
        "implausibly_long",
        Practice.session("x", to: "2025-08-27T20:02:11.345Z", activeMs: 6 * 3_600_000), 3_600_000
      ),
      (
        "in_the_future",
        Practice.session(
          "x", at: tomorrowNextWeek, to: Practice.stamp(Date(timeIntervalSinceNow: 7 * 86_400 + 300))), 300_000
      ),
    ] as [(String, JSON, Int64)])
  func `an implausible session is kept, flagged, and counted with care`(
    code: String, session: JSON, countedMs: Int64
  ) throws {
    let device = try Device()
    let reply = try device.sync(Practice.push([session]))
    #expect(reply["accepted"] == ["stored": 1, "flagged": 1, "duplicate": 0, "rejected": 0])
    #expect(reply["verdicts.0.status"] == "flagged" && reply["verdicts.0.code"] == .string(code))
    #expect(reply["verdicts.0.pointer"] == "/push/sessions/0" && reply["verdicts.0.id"] == "x")
    let activeMs = try reply.integer("progress.activeMs")
    #expect(abs(activeMs - countedMs) <= 1)
    let pulled = try device.paired().sync([:])
    #expect(pulled["changes.sessions.0.activeMs"] == session["activeMs"], "kept as sent")
  }

  @Test func `the same id with other content is a conflict, and what was here stays`() throws {
    let device = try Device()
    _ = try device.sync(Practice.push([Practice.session("x")]))
    let before = try device.state()
    let reply = try device.sync(Practice.push([Practice.session("x", cycles: 99)]))
    #expect(reply["verdicts.0.status"] == "conflict" && reply["verdicts.0.code"] == "same_id_other_content")
    #expect(reply["accepted"] == ["stored": 0, "flagged": 0, "duplicate": 0, "rejected": 1])
    #expect(try device.state() == before)
  }

  @Test func `the same session twice in one push is stored once`() throws {
    let device = try Device()
    let reply = try device.sync(
      Practice.push([Practice.session("x"), Practice.session("x"), Practice.session("x", cycles: 1)]))
    #expect(reply["accepted"] == ["stored": 1, "flagged": 0, "duplicate": 1, "rejected": 1])
    #expect(reply["verdicts.0.pointer"] == "/push/sessions/1" && reply["verdicts.0.status"] == "duplicate")
    #expect(reply["verdicts.1.pointer"] == "/push/sessions/2" && reply["verdicts.1.status"] == "conflict")
    #expect(reply["progress.totalXP"] == 24)
  }

  @Test func `two devices may use the same id`() throws {
    let first = try Device()
    _ = try first.sync(Practice.push([Practice.session("x")]))
    let reply = try first.paired().sync(Practice.push([Practice.session("x", cycles: 1)]))
    #expect(reply["accepted.stored"] == 1 && reply["progress.sessions"] == 2)
  }

  @Test func `rejected items never block the others, and each is named`() throws {
    let device = try Device()
    let reply = try device.sync(
      Practice.push(
        [
          Practice.session("good 1"), 7, ["id": "no times"], Practice.session("bad", at: "yesterday"),
          Practice.session(""),
          Practice.session("good 2", at: "2025-08-28T14:02:11.345Z", to: "2025-08-28T14:07:11.345Z"),
        ]))
    #expect(reply["accepted"] == ["stored": 2, "flagged": 0, "duplicate": 0, "rejected": 4])
    let verdicts = try reply.items("verdicts")
    #expect(verdicts.map { $0["pointer"]?.string } == (1...4).map { "/push/sessions/\($0)" })
    #expect(verdicts.allSatisfy { $0["status"] == "rejected" && $0["code"] != nil && $0["detail"] != nil })
    #expect(verdicts[2]["id"] == "bad" && verdicts[2]["code"] == "invalid_timestamp")
    #expect(reply["progress.sessions"] == 2)
  }

  @Test(arguments: [nil, "days"] as [JSON]) func `sessions are kept out of an account that shares days only`(
    detail: JSON
  ) throws {
    let device = try Device(shares: false)
    let before = try device.state()
    let reply = try device.sync([
      "detail": detail, "push": ["sessions": [Practice.session("x"), Practice.session("y", cycles: 2)]],
    ])
    #expect(reply["accepted"] == ["stored": 0, "flagged": 0, "duplicate": 0, "rejected": 2])
    #expect(try reply.items("verdicts").allSatisfy { $0["code"] == "detail_is_days" && $0["status"] == "rejected" })
    #expect(reply["detail"] == "days" && reply["progress.totalXP"] == 0)
    #expect(try device.state() == before)
  }

  @Test func `of two reports of a day the larger numbers count`() throws {
    let device = try Device()
    func day(_ sessions: Int64, _ activeMs: Int64, _ cycles: Int64, _ xp: Int64) -> JSON {
      [
        "date": "2025-08-27", "sessions": .integer(sessions), "activeMs": .integer(activeMs),
        "cycles": .integer(cycles),
        "xp": .integer(xp),
      ]
    }
    _ = try device.sync(["push": ["days": [day(2, 500, 50, 10)]]])
    let smaller = try device.sync(["push": ["days": [day(1, 400, 50, 9)]]])
    #expect(smaller["accepted"] == ["stored": 0, "flagged": 0, "duplicate": 1, "rejected": 0])
    #expect(smaller["verdicts.0.pointer"] == "/push/days/0")
    let mixed = try device.sync(["push": ["days": [day(1, 900, 0, 0), day(3, 0, 0, 0)]]])
    #expect(mixed["accepted.stored"] == 1 && mixed["accepted.duplicate"] == 1)
    let days = try device.stats("days", query: "from=2025-08-01&to=2025-08-31").items("days")
    #expect(days == [["date": "2025-08-27", "sessions": 3, "activeMs": 900, "cycles": 50, "xp": 10]])
  }

  @Test func `the server never shows less XP than the machine in front of the person`() throws {
    let device = try Device()
    let reply = try device.sync(Practice.push([Practice.session("x")], ["push": .null]))
    #expect(reply["progress.totalXP"] == 0)
    let counters: JSON = [
      "totalXP": 127, "longestStreak": 3, "challengesCompleted": 2, "totalMeditationTime": 1_680_000,
    ]
    let told = try device.sync([
      "detail": "sessions", "push": ["sessions": [Practice.session("x")], "counters": counters],
    ])
    #expect(told["progress.totalXP"] == 127 && told["progress.streak.reported"] == 3)
    let before = try device.state()
    #expect(try device.sync(["push": ["counters": ["totalXP": 100]]])["progress.totalXP"] == 127)
    #expect(try device.state() == before)
  }
}
