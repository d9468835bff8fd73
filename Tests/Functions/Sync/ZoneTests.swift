import Foundation
import FunctionRuntime
import Postgres
import StrictJSON
import TestSupport
import Testing

/// Time zones as machines call them: practice is stored and the device let in, whatever they say.
@Suite struct ZoneTests {
  /// In years whose rules every tz database of today agrees on, winter and summer of both halves of the earth.
  private static func instants(_ random: inout Seeded) -> [Date] {
    [1_579_046_400, 1_594_771_200, 1_673_740_800, 1_689_379_200].map { begin in
      Date(timeIntervalSince1970: begin + Double(random.number(0...86_399)))
    }
  }

  private func push(_ dates: [Date], name: String) -> JSON {
    .array(
      dates.enumerated().map { index, date in
        Practice.session("\(name) \(index)", at: Practice.stamp(date), to: Practice.stamp(date.addingTimeInterval(300)))
      })
  }

  /// Pushes with each name as the device's zone, and compares each session's date with an independent reckoning.
  private func practise(_ names: [String], seed: UInt64) throws {
    var random = Seeded(seed)
    let device = try Device()
    var expected: [String: String] = [:]
    try Fleet.withProcess(.sync) { sync in
      for name in names {
        let dates = ZoneTests.instants(&random)
        let reply = try sync.answer(
          device.syncEvent(
            Practice.push(push(dates, name: name), ["device": ["timeZone": .string(name)], "limit": 1])))
        #expect(reply.status == 200 && reply["accepted.stored"] == 4, "\(name): \(reply.outcome)")
        #expect(reply["notices"] == nil, "\(name)")
        for (index, date) in dates.enumerated() {
          let offset = try #require(ZoneNames.secondsFromGMT(name, at: date), "\(name) is not known to the test")
          expected["\(name) \(index)"] = Day(Int((date.timeIntervalSince1970 + Double(offset)) / 86_400)).text
        }
      }
    }
    let id = try device.accountID
    let rows = try Superuser.rows(
      "SELECT session_id, local_date::text AS date FROM breath.sessions WHERE account_id = \(id)")
    #expect(rows.count == expected.count)
    for row in rows {
      let (name, date): (String, String) = (try row["session_id"], try row["date"])
      #expect(date == expected[name], "\(name)")
    }
  }

  @Test func `every name that the tz database or Intl gives a zone is one, and has the right dates`() throws {
    try #require(ZoneNames.published.count == 600)
    try practise(ZoneNames.published.filter { $0 != "Factory" }, seed: 1)
  }

  @Test func `every file of this machine's tz database is a zone by its name, and has the right dates`() throws {
    let odd = ["Factory", "localtime", "posixrules"]
    let names = ZoneNames.ofThisMachine.filter { name in !odd.contains { name.hasSuffix($0) } }
    try #require(names.count > 1000)
    try practise(names, seed: 2)
  }

  @Test func `an offset has the meaning that Intl gives it, and not the one of POSIX`() throws {
    var random = Seeded(3)
    let drawn = (0..<100).map { _ in
      let sign = random.pick(["+", "-"])
      let hour = random.number(0...23)
      let minute = random.number(0...59)
      let (h, m) = (hour < 10 ? "0\(hour)" : "\(hour)", minute < 10 ? "0\(minute)" : "\(minute)")
      return random.pick(["\(sign)\(h):\(m)", "\(sign)\(h)\(m)", "\(sign)\(h)"])
    }
    let known = ["+05:30", "-03:00", "+00:00", "-00:00", "+14:00", "-12:00", "+0530", "-0330", "+05", "-11"]
    try practise(Set(known + drawn).sorted(), seed: 4)
  }

  @Test func `names are taken in any case, and kept in the words of the tz database`() throws {
    let device = try Device()
    for (said, kept) in [
      ("europe/berlin", "Europe/Berlin"), ("AMERICA/NEW_YORK", "America/New_York"),
      ("posix/Europe/Berlin", "Europe/Berlin"), ("right/asia/tokyo", "Asia/Tokyo"),
      ("US/Pacific", "America/Los_Angeles"),
      ("Asia/Calcutta", "Asia/Kolkata"), ("Turkey", "Europe/Istanbul"), ("turkey", "Europe/Istanbul"),
      ("EST5EDT", "America/New_York"), ("CET", "Europe/Brussels"), ("GMT", "UTC"), ("Etc/GMT0", "UTC"), ("Zulu", "UTC"),
      ("etc/gmt+5", "Etc/GMT+5"), ("Europe/Oslo", "Europe/Oslo"), ("+0530", "+05:30"), ("-03", "-03:00"),
      ("+00:00", "UTC"),
    ] {
      _ = try device.sync(["device": ["timeZone": .string(said)]])
      let devices = try device.call(.auth, "GET", "/devices")
      #expect(devices["devices.0.timeZone"] == .string(kept), "\(said)")
      let shown = try device.sync(["own": true])
      #expect(shown["changes.devices.0.timeZone"] == .string(kept), "\(said)")
    }
  }

  @Test func `a zone that means nothing leaves the zone as it was, and says so beside the practice`() throws {
    let device = try Device(timeZone: "Asia/Tokyo")
    var random = Seeded(5)
    let drawn = (0..<200).map { _ in
      String(
        String.UnicodeScalarView(
          (0..<random.number(1...80)).map { _ in
            Unicode.Scalar(UInt32(random.number(1...0x2FFF))) ?? "?"
          }))
    }
    for (index, zone) in (ZoneNames.meaningless + drawn).enumerated() {
      let session = Practice.session("s\(index)", at: "2026-03-03T18:00:00Z", to: "2026-03-03T18:05:00Z")
      let reply = try device.sync(
        Practice.push([session], ["device": ["timeZone": .string(zone), "name": .string("laptop \(index)")]]))
      #expect(reply["accepted.stored"] == 1, "\(zone)")
      let notices = try reply.items("notices")
      #expect(notices.count == 1 && notices[0]["code"] == "unknown_time_zone", "\(zone)")
      #expect(notices[0]["pointer"] == "/device/timeZone" && notices[0]["detail"]?.string?.isEmpty == false)
    }
    let id = try device.accountID
    let rows = try Superuser.rows(
      """
      SELECT d.time_zone, d.name, (SELECT string_agg(DISTINCT s.local_date::text, ',') FROM breath.sessions s
        WHERE s.account_id = d.account_id) AS dates
      FROM breath.devices d WHERE d.account_id = \(id)
      """)
    let row = try #require(rows.first)
    let (zone, name, dates): (String, String, String) = (try row["time_zone"], try row["name"], try row["dates"])
    #expect(zone == "Asia/Tokyo" && dates == "2026-03-04")
    #expect(name == "laptop \(ZoneNames.meaningless.count + 199)", "the rest of the news counts")
  }

  @Test func `a device with any zone is let in, at home where its person is, or in UTC`() throws {
    let (id, secret) = (Device.newID(), Device.newSecret())
    for zone in ["Etc/Unknown", "Europe/Atlantis", "+05:30", ""] {
      let reply = try Fleet.call(.auth, Device.enrolment(id: Device.newID(), secret: secret, timeZone: zone))
      #expect(reply.status == 201 && (reply["notices.0.code"] == "unknown_time_zone") == (zone != "+05:30"), "\(zone)")
    }
    let made = try Fleet.call(.auth, Device.enrolment(id: id, secret: secret, timeZone: "Etc/Unknown"))
    let first = try Device(id: id, secret: secret, made)
    #expect(try first.call(.auth, "GET", "/devices")["devices.0.timeZone"] == "UTC")
    _ = try first.call(.auth, "PATCH", "/account", json: ["timeZone": "Europe/Berlin"])
    let code = try first.pairingCode()
    let joining = Device.redemption(code: code, id: Device.newID(), secret: secret, timeZone: "Etc/Unknown")
    let joined = try Fleet.call(.auth, joining)
    #expect(joined.status == 201 && joined["notices.0.pointer"] == "/device/timeZone")
    let zones = try first.call(.auth, "GET", "/devices").items("devices").map { $0["timeZone"] }
    #expect(Set(zones.compactMap { $0?.string }) == ["UTC", "Europe/Berlin"])
  }

  @Test func `a sign-in by password or recovery code is not refused for its zone`() throws {
    let person = try Person()
    var event = Person.login(person.email, person.password)
    event.body = event.body.replacing(#""timeZone":"UTC""#, with: #""timeZone":"Etc/Unknown""#)
    let reply = try Fleet.call(.auth, event)
    #expect(reply.status == 200 && reply["notices.0.code"] == "unknown_time_zone")
  }

  @Test func `another device is known again whatever zone it had`() throws {
    let device = try Device()
    let known: JSON = [
      "id": .string(Device.newID()), "name": "lost", "timeZone": "Etc/Unknown", "reset": .null,
    ]
    let offset: JSON = ["id": .string(Device.newID()), "name": "kept", "timeZone": "+05:30", "reset": .null]
    _ = try device.sync(["push": ["devices": [known, offset]]])
    let zones = try device.paired().sync([:]).items("changes.devices").map { $0["timeZone"]?.string }
    #expect(Set(zones.compactMap(\.self)) == ["UTC", "+05:30"])
  }
}

/// Zones that were known when they were stored, and that the database has lost since.
@Suite struct LostZoneTests {
  private let device: Device
  init() throws {
    device = try Device(timeZone: "Asia/Tokyo")
    _ = try device.sync(Practice.push(Practice.sessions(["a", "b"])))
  }

  /// What an upgrade of the system does to a name.
  private func lose(_ zone: String = "Asia/Tokyo-Legacy") throws {
    let id = try device.accountID
    _ = try Superuser.rows("UPDATE breath.devices SET time_zone = \(zone) WHERE account_id = \(id)")
  }

  @Test func `no request of a device fails for its stored zone, and the log says so once a call`() throws {
    try lose()
    let sync = try Executable(.sync)
    let sent: [Event] = [
      device.syncEvent([:]), device.event("GET", "/export"), device.event("GET", "/export", query: "shape=extension"),
      device.event("GET", "/digest"), device.event("GET", "/ledger"),
      device.syncEvent(Practice.push([Practice.session("c")])),
      device.syncEvent([
        "push": ["days": [["date": "2026-03-03", "sessions": 1, "activeMs": 60_000, "cycles": 1, "xp": 1]]]
      ]),
      device.syncEvent(["device": ["timeZone": "Etc/Unknown", "name": "tower"]]),
    ]
    for event in sent { #expect(try sync.answer(event).status == 200) }
    sync.finish()
    let remarks = sync.log().split(separator: "\n").filter { $0.contains("time zone is unknown") }
    #expect((6...sent.count).contains(remarks.count) && !sync.log().contains("Legacy"))
    for view in ["summary", "streak", "days", "heatmap", "hours", "goals", "challenges/today"] {
      #expect(try device.stats(view).status == 200, "\(view)")
    }
    for path in ["statusbar/today", "all_time_since_today", "stats/last_7_days"] {
      #expect(try device.stats("wakatime/users/current/\(path)").status == 200, "\(path)")
    }
    let goal = try device.call(.stats, "PATCH", "/goals", json: ["dailyMinutes": 10])
    #expect(goal.status == 200)
    #expect(try device.paired().sync([:])["progress.sessions"] == 4, "practice came in all the while")
  }

  @Test func `a name that only moved is found by the name that it has now`() throws {
    try lose("US/Pacific-New")
    _ = try device.sync(
      Practice.push([Practice.session("west", at: "2026-03-03T05:00:00Z", to: "2026-03-03T05:05:00Z")]))
    let days = try device.paired().sync([:]).items("changes.sessions").compactMap { item in
      item["id"] == "west" ? item["localDate"]?.string : nil
    }
    #expect(days == ["2026-03-02"])
  }

  @Test func `an account's own zone and a share do not fail either`() throws {
    let share = try device.call(.stats, "POST", "/shares", json: ["content": ["level", "streak"]])
    let id = try device.accountID
    _ = try Superuser.rows("UPDATE breath.accounts SET time_zone = 'Europe/Gone' WHERE account_id = \(id)")
    try lose()
    let picture = try Fleet.call(.stats, Event("GET", "/shares/\(share.text("id"))/card.svg"))
    #expect(picture.status == 200)
    #expect(try device.call(.auth, "GET", "/account").status == 200)
    let other = try Device()
    let code = try device.pairingCode()
    var joining = Device.redemption(code: code, id: other.id, secret: other.secret, timeZone: "Etc/Unknown")
    joining.query = "dryRun=true"
    #expect(try Fleet.call(.auth, joining).status == 200)
    joining.query = ""
    #expect(try Fleet.call(.auth, joining).status == 201)
  }

  @Test func `a device says where it is with its next call`() throws {
    try lose()
    _ = try device.sync(["device": ["timeZone": "Europe/Berlin"]])
    #expect(try device.call(.auth, "GET", "/devices")["devices.0.timeZone"] == "Europe/Berlin")
  }
}
