import Foundation
import FunctionRuntime
import Postgres
import StrictJSON
import TestSupport
import Testing

/// What is shared is a person's choice: no sync and no key makes it, and what is not shared counts in its day.
@Suite struct FoldTests {
  private let device: Device
  init() throws { device = try Device(timeZone: "America/Costa_Rica", shares: false) }

  private func consents() throws -> [String] {
    try device.call(.auth, "GET", "/consents").items("history").compactMap { $0["choice"]?.string }
  }

  private func sessionsKept() throws -> Int64 {
    let id = try device.accountID
    return try Superuser.count("SELECT count(*) AS count FROM breath.sessions WHERE account_id = \(id)")
  }

  @Test func `another machine's habit does not undo a person's choice, and its practice counts`() throws {
    let other = try device.paired()
    _ = try device.importFile(RecordedExport.all[0].text, query: "detail=sessions")
    try device.choose("days")
    let before = try device.sync([:])
    for name in ["a", "b", "c"] {
      let reply = try other.sync(Practice.push([Practice.session(name)]))
      #expect(reply["detail"] == "days" && reply["accepted.stored"] == 1 && reply["accepted.flagged"] == 1)
      #expect(reply["verdicts.0.status"] == "flagged" && reply["verdicts.0.code"] == "detail_is_days")
      #expect(reply["verdicts.0.pointer"] == "/push/sessions/0" && reply["verdicts.0.id"] == .string(name))
    }
    let after = try device.sync([:])
    let sessions = try before.integer("progress.sessions")
    #expect(after["detail"] == "days" && after["progress.sessions"] == .integer(sessions + 3))
    #expect(try sessionsKept() == 0 && consents() == ["days", "sessions"])
    #expect(try after.text("digest") == ClientDigest(everythingOf: device).text)
    #expect(try DoctorTests.doctor(device).status == 0)
  }

  @Test func `parts of a day add up, and a part that comes again does not`() throws {
    let parts = ["a", "b", "c"].map { [Practice.session($0)] as JSON }
    for part in parts + parts.reversed() { _ = try device.sync(Practice.push(part)) }
    let again = try device.sync(Practice.push([Practice.session("b"), Practice.session("d")]))
    #expect(again["accepted"] == ["stored": 1, "flagged": 1, "duplicate": 1, "rejected": 0])
    #expect(again["progress.sessions"] == 4 && again["progress.activeDays"] == 1)
    #expect(again["progress.activeMs"] == 1_200_000 && again["progress.totalXP"] == 96)
    let day = try device.stats("days", query: "from=2025-08-27&to=2025-08-27")
    #expect(day["days.0.sessions"] == 4)
  }

  @Test func `a device that moves does not count a session twice`() throws {
    let late = Practice.session("late", at: "2026-03-03T05:30:00Z", to: "2026-03-03T05:35:00Z")
    _ = try device.sync(Practice.push([late]))
    let moved = try device.sync(Practice.push([late], ["device": ["timeZone": "Pacific/Kiritimati"]]))
    #expect(moved["accepted.duplicate"] == 1 && moved["progress.sessions"] == 1)
  }

  @Test func `a report of the same day and its sessions are not added up`() throws {
    let day: JSON = ["date": "2025-08-27", "sessions": 2, "activeMs": 600_000, "cycles": 42, "xp": 48]
    let body: JSON = [
      "detail": "sessions", "push": ["sessions": [Practice.session("a"), Practice.session("b")], "days": [day]],
    ]
    _ = try device.sync(body)
    #expect(try device.sync(body)["progress.sessions"] == 2)
    #expect(try device.sync(Practice.push([Practice.session("c")]))["progress.sessions"] == 3)
  }

  @Test func `a choice in the middle of a day loses nothing of it and doubles nothing`() throws {
    var expected: Int64 = 0
    for (index, detail) in ["days", "sessions", "days", "sessions", "days"].enumerated() {
      try device.choose(detail)
      for name in ["\(index)a", "\(index)b"] {
        let reply = try device.sync(Practice.push([Practice.session(name)]))
        expected += 1
        #expect(reply["progress.sessions"] == .integer(expected), "\(name), \(detail)")
        #expect(try device.sync(Practice.push([Practice.session(name)]))["progress.sessions"] == .integer(expected))
      }
    }
    let all = (0..<5).flatMap { ["\($0)a", "\($0)b"] }.map { Practice.session($0) }
    #expect(try device.sync(Practice.push(.array(all)))["progress.sessions"] == .integer(expected))
    #expect(try DoctorTests.doctor(device).status == 0)
  }

  @Test func `what was deleted or cleared stays away from its day`() throws {
    _ = try device.sync(Practice.push([Practice.session("a")]))
    _ = try device.sync(["push": ["deletions": [["session": "gone"]]]])
    #expect(try device.sync(Practice.push([Practice.session("gone")]))["verdicts.0.status"] == "tombstoned")
    let marker = "2026-01-01T00:00:00.000Z"
    let reset: JSON = ["reset": ["at": .string(marker)]]
    #expect(try device.sync(["push": reset])["progress.sessions"] == 0)
    let late = try device.sync(Practice.push([Practice.session("b")]))
    #expect(late["verdicts.0.code"] == "before_reset" && late["progress.sessions"] == 0)
    let push: JSON = ["reset": ["at": .string(marker)], "sessions": [Practice.session("c")]]
    #expect(try device.sync(["detail": "sessions", "push": push])["progress.sessions"] == 1)
  }

  @Test func `a merge takes what days are made of along, and its undo gives it back`() throws {
    let other = try Device(shares: false)
    _ = try other.sync(Practice.push([Practice.session("a")]))
    let code = try device.pairingCode()
    let merged = try Fleet.call(.auth, Device.redemption(code: code, id: other.id, secret: other.secret))
    let joined = try Device(id: other.id, secret: other.secret, merged)
    let again = try joined.sync(Practice.push([Practice.session("a"), Practice.session("b")]))
    #expect(again["accepted.duplicate"] == 1 && again["progress.sessions"] == 2)
    #expect(try DoctorTests.doctor(device).status == 0)
    let id = try merged.text("merge.merge")
    _ = try joined.call(.auth, "POST", "/pairing/undo", json: ["merge": .string(id)])
    #expect(try device.sync([:])["progress.sessions"] == 0)
  }

  @Test func `a key chooses nothing, by sync or import, and what it brings counts`() throws {
    let reply = try device.call(.auth, "POST", "/keys", json: ["name": "k", "scopes": ["sync"]])
    let key = try reply.text("key")
    func call(_ path: String, query: String = "", _ body: String) throws -> Reply {
      let headers = ["authorization": "Bearer \(key)", "content-type": "application/json"]
      return try Fleet.call(.sync, Event("POST", path, query: query, headers: headers, body: body))
    }
    let pushed = try call("", Practice.push([Practice.session("a")]).text)
    #expect(pushed.status == 200 && pushed["detail"] == "days" && pushed["progress.sessions"] == 1)
    let file = RecordedExport.all[2]
    let imported = try call("/import", query: "detail=sessions", file.text)
    #expect(imported.status == 200 && imported["detail"] == "days" && imported["notices.0.code"] == "not_for_keys")
    #expect(imported["progress.sessions"] == .integer(file.sessions + 1))
    #expect(try consents().isEmpty && sessionsKept() == 0)
    try device.choose("sessions")
    #expect(try call("", Practice.push([Practice.session("b")]).text)["detail"] == "sessions")
    #expect(try sessionsKept() == 1)
  }

  @Test func `an import and the pushes of the same days are one practice`() throws {
    let file = RecordedExport.all[0]
    let first = try device.importFile(file.text, query: "")
    file.expectTotals(first)
    let next = Practice.session("next", at: Practice.stamp(.now), to: Practice.stamp(.now.addingTimeInterval(300)))
    _ = try device.sync(Practice.push([next]))
    let again = try device.importFile(file.text, query: "")
    #expect(again["progress.sessions"] == .integer(file.sessions + 1) && again["accepted.stored"] == 0)
  }

  @Test(arguments: 0..<40 as Range<UInt64>) func `whatever order pushes come in, each session counts once`(seed: UInt64)
    throws
  {
    var random = Seeded(seed)
    var held: [String: (json: JSON, activeMs: Int64)] = [:]
    for step in 0..<Int(random.number(3...12)) {
      switch random.number(0...5) {
      case 0: try device.choose(random.pick(["days", "sessions"]))
      case 1 where !held.isEmpty:
        let some = held.values.map { $0.json }.filter { _ in random.number(0...1) == 0 }
        _ = try device.sync(Practice.push(.array(some)))
      default:
        let fresh = (0..<Int(random.number(1...3))).map { "s\(step)-\($0)" }
        for name in fresh {
          let start = Date(timeIntervalSince1970: 1_756_303_331 + Double(random.number(0...90)) * 3600)
          let active = random.number(60_000...300_000)
          held[name] = (
            Practice.session(
              name, at: Practice.stamp(start), to: Practice.stamp(start.addingTimeInterval(300)), activeMs: active),
            active
          )
        }
        _ = try device.sync(Practice.push(.array(fresh.compactMap { held[$0]?.json })))
      }
    }
    let reply = try device.sync([:])
    #expect(reply["progress.sessions"] == .integer(Int64(held.count)))
    #expect(reply["progress.activeMs"] == .integer(held.values.reduce(0) { $0 + $1.activeMs }))
    #expect(try reply.text("digest") == ClientDigest(everythingOf: device).text)
    #expect(try DoctorTests.doctor(device).status == 0)
  }
}
