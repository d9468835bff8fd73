import Foundation
import FunctionRuntime
import Postgres
import StrictJSON
import TestSupport
import Testing

/// A few thousand inputs that nobody sends on purpose, through the built executables and a real database: each gets one
/// answer below 500, and what is refused stores nothing. The readers alone meet many more in FuzzTests.
@Suite struct ArbitraryInputTests {
  private static let seed: UInt64 = 20_261_124

  /// `Reply` itself fails the test on any line that is not JSON, or has words of ours.
  private func expectHarmless(_ reply: Reply, _ number: Int, _ input: String) -> Bool {
    if (200..<500).contains(reply.status ?? 0), reply.status != 429 { return true }
    Issue.record("input \(number) got \(reply.outcome): \(input.prefix(2000))")
    return false
  }

  private static let body: JSON = [
    "device": ["name": "work laptop", "timeZone": "America/Costa_Rica", "clock": "2025-08-28T17:00:00.000Z"],
    "detail": "sessions", "cursor": nil, "limit": 20,
    "push": [
      "sessions": Practice.sessions(["a", "b", "c"]),
      "days": [["date": "2025-08-27", "sessions": 2, "activeMs": 720_000, "cycles": 51, "xp": 58]],
      "counters": ["totalXP": 127, "longestStreak": 3, "challengesCompleted": 2, "totalMeditationTime": 1_680_000],
      "settings": [
        ["module": "breathing", "key": "pattern", "value": "chill", "changedAt": "2025-08-27T14:00:00.000Z"]
      ],
      "deletions": [["session": "d"]], "reset": nil,
    ],
  ]

  /// In lots, each with a device of its own, so that what is stored stays small enough to compare.
  @Test(arguments: 0..<40) func `a body that is refused stores nothing, and none gets a 500`(lot: Int) throws {
    let device = try Device()
    let superuser = try Superuser.connect()
    var state = try Superuser.state(of: device.account, on: superuser)
    try Fleet.withProcess(.sync) { sync in
      for number in 0..<50 {
        var random = Seeded(ArbitraryInputTests.seed &+ UInt64(lot * 1000 + number))
        var body = ArbitraryInputTests.body
        for _ in 0..<Int.random(in: 1...4, using: &random) { body = AnyJSON.mutated(body, &random) }
        var bytes = body.encoded
        if Int.random(in: 0..<5, using: &random) == 0 { bytes = AnyBytes.mutated(bytes, with: bytes, &random) }
        let text = String(decoding: bytes, as: UTF8.self)
        let reply = try sync.answer(device.event("POST", "", headers: ["content-type": "application/json"], body: text))
        guard expectHarmless(reply, number, text) else { return }
        let after = try Superuser.state(of: device.account, on: superuser)
        if reply.status != 200 { #expect(after == state, "input \(number) got \(reply.outcome): \(text)") }
        state = after
      }
    }
  }

  @Test(arguments: 0..<20) func `wrong items never block the good ones beside them`(lot: Int) throws {
    let device = try Device()
    try Fleet.withProcess(.sync) { sync in
      var sent: Int64 = 0
      for number in 0..<25 {
        var random = Seeded(ArbitraryInputTests.seed &+ UInt64(lot * 1000 + number))
        let ids = (0..<Int.random(in: 1...5, using: &random)).map { "good-\(number)-\($0)" }
        var items = Practice.sessions(ids).array ?? []
        for bad in 0..<Int.random(in: 1...8, using: &random) {
          let wrong = Bool.random(using: &random) ? AnyJSON.value(&random) : damaged("bad-\(number)-\(bad)", &random)
          // What makes the whole body unreadable, as a name that comes twice, is another test's.
          guard (try? JSON(parsing: JSON.array([[[wrong]]]).encoded, limits: .request)) != nil else { continue }
          items.insert(wrong, at: Int.random(in: 0...items.count, using: &random))
        }
        let reply = try sync.answer(device.syncEvent(Practice.push(.array(items))))
        guard expectHarmless(reply, number, JSON.array(items).text) else { return }
        #expect(reply.status == 200, "\(reply.line)")
        for verdict in try reply.items("verdicts") {
          let isGood = verdict["id"]?.string?.hasPrefix("good-") ?? false
          #expect(!isGood, "a good session has a verdict: \(verdict.text)")
        }
        sent += Int64(ids.count)
      }
      let stored = try Superuser.count(
        """
        SELECT count(*) AS count FROM breath.sessions
        WHERE account_id = \(device.accountID) AND session_id LIKE 'good-%'
        """)
      #expect(stored == sent)
    }
  }

  private func damaged(_ id: String, _ random: inout Seeded) -> JSON {
    (0..<Int.random(in: 1...3, using: &random)).reduce(Practice.session(id)) { session, _ in
      AnyJSON.mutated(session, &random)
    }
  }

  /// JavaScript's largest whole number, and the largest that is taken.
  @Test(arguments: [1 << 53 - 1, 1_000_000_000] as [Int64])
  func `the largest numbers never add up to a 500, and block nothing beside them`(largest: Int64) throws {
    let device = try Device()
    for round in 0..<3 {
      var sessions = (0..<499).map { Practice.session("s-\(round)-\($0)", cycles: largest, bonusXP: largest) }
      sessions.append(Practice.session("good-\(round)"))
      let days = (0..<500).map { day -> JSON in
        let date = Date(timeIntervalSince1970: Double(round * 500 + day) * 86_400)
        return [
          "date": .string(String(Practice.stamp(date).prefix(10))), "sessions": 1, "activeMs": 1,
          "cycles": .integer(largest), "xp": .integer(largest),
        ]
      }
      let reply = try device.sync([
        "detail": "sessions",
        "push": ["sessions": .array(sessions), "days": .array(days), "counters": ["totalXP": .integer(largest)]],
      ])
      #expect(try !reply.items("verdicts").contains { $0["id"]?.string == "good-\(round)" })
    }
    let file: JSON = [
      "breathMaster": [
        "meditation": [
          "sessions": .array((0..<3000).map { Practice.session("i-\($0)", cycles: largest, bonusXP: largest) })
        ]
      ]
    ]
    for detail in ["sessions", "days"] { _ = try device.importFile(file.text, query: "detail=\(detail)") }
    for view in ["summary", "days", "streak"] { _ = try device.stats(view) }
  }

  @Test(arguments: 0..<10) func `a damaged export is imported as far as it goes, or refused whole`(lot: Int) throws {
    let export = try JSON(parsing: RecordedExport.all[2].text, limits: .importFile)
    let device = try Device()
    let superuser = try Superuser.connect()
    var state = try Superuser.state(of: device.account, on: superuser)
    try Fleet.withProcess(.sync) { sync in
      for number in 0..<40 {
        var random = Seeded(ArbitraryInputTests.seed &+ UInt64(lot * 1000 + number))
        var file = export
        for _ in 0..<Int.random(in: 1...12, using: &random) { file = AnyJSON.mutated(file, &random) }
        let query = random.pick(["", "detail=sessions", "detail=days", "dryRun=true"])
        let reply = try sync.answer(device.event("POST", "/import", query: query, body: file.text))
        guard expectHarmless(reply, number, file.text) else { return }
        let after = try Superuser.state(of: device.account, on: superuser)
        if reply.status != 200 || query == "dryRun=true" {
          #expect(after == state, "input \(number) got \(reply.outcome)")
        }
        state = after
      }
    }
  }

  @Test(arguments: 0..<10) func `a device that is refused is not let in later, and none gets a 500`(lot: Int) throws {
    let superuser = try Superuser.connect()
    try Fleet.withProcess(.auth) { auth in
      for number in 0..<100 {
        var random = Seeded(ArbitraryInputTests.seed &+ UInt64(lot * 1000 + number))
        let id = Device.newID()
        var event = random.pick([
          Device.enrolment(id: id, secret: Device.newSecret()),
          Device.redemption(code: "BM-7F3KQ2-9XW4TD", id: id, secret: Device.newSecret()),
          Device.refresh("bm_r_" + AnyJSON.text(&random)),
        ])
        let tree = try JSON(parsing: event.body, limits: .request)
        event.body = AnyJSON.mutated(tree, &random).text
        let reply = try auth.answer(event)
        guard expectHarmless(reply, number, event.body) else { return }
        if (reply.status ?? 0) >= 400 {
          let device = try #require(UUID(uuidString: id))
          let known = try superuser.rows(
            "SELECT count(*) AS count FROM breath.device_credentials WHERE device_id = \(device)")
          let count: Int64 = try #require(known.first)["count"]
          #expect(count == 0, "\(event.body)")
        }
      }
    }
  }

  @Test func `a bearer token that is damaged anywhere is refused everywhere`() throws {
    let device = try Device()
    let good = Array(device.accessToken.utf8)
    for number in 0..<400 {
      var random = Seeded(ArbitraryInputTests.seed &+ UInt64(number))
      let damaged = String(decoding: AnyBytes.mutated(good, with: good, &random), as: UTF8.self)
      guard damaged.split(separator: ".").dropLast() != device.accessToken.split(separator: ".").dropLast() else {
        continue
      }
      let name = random.pick([FunctionName.sync, .stats, .auth])
      let event =
        switch name {
        case .sync: Event("GET", "/export", headers: ["authorization": "Bearer \(damaged)"])
        case .stats: Event("GET", "/summary", headers: ["authorization": "Bearer \(damaged)"])
        case .auth, .admin, .worker: Event("POST", "/pairing", headers: ["authorization": "Bearer \(damaged)"])
        }
      let reply = try Fleet.call(name, event)
      #expect(reply.status == 401 || reply.outcome == "400 invalid_event", "\(number): \(reply.outcome)")
    }
  }
}
