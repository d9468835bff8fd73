import Foundation
import FunctionRuntime
import Postgres
import StrictJSON
import TestSupport
import Testing

/// Nobody's account is without end: what goes beyond a bound is refused by name, and what is there can still be used.
@Suite struct BoundTests {
  private static func settings(_ keys: some Sequence<Int>, value: JSON = 1, at second: Int = 0) -> JSON {
    .array(
      keys.map { key in
        [
          "module": "display", "key": .string("k\(key)"), "value": value,
          "changedAt": .string("2025-08-27T14:00:0\(second).000Z"),
        ]
      })
  }

  private func fill(_ device: Device, settings count: Int) throws {
    let (account, id) = (try device.accountID, UUID(uuidString: device.id))
    _ = try Superuser.connect().pipeline([
      """
      INSERT INTO breath.settings (account_id, module, key, device_id, version, value, stated_at, changed_at)
      SELECT \(account), 'display', 'k' || n, \(id), 10 + n, '1', '2025-08-27T14:00:00Z', '2025-08-27T14:00:00Z'
      FROM generate_series(1, \(Int32(count))) n
      """,
      "UPDATE breath.accounts SET version = \(Int64(10 + count)) WHERE account_id = \(account)",
      "UPDATE breath.devices SET rows_version = \(Int64(10 + count)) WHERE account_id = \(account) AND device_id = \(id)",
    ])
  }

  @Test func `settings without end filled the disk; a newer value of one that is there is always taken`() throws {
    let device = try Device()
    try fill(device, settings: 498)
    let reply = try device.sync(["push": ["settings": BoundTests.settings(496...503, value: 2, at: 1)]])
    #expect(reply["accepted.stored"] == 5 && reply["accepted.rejected"] == 3, "\(reply.line)")
    let verdicts = try reply.items("verdicts")
    #expect(verdicts.map { $0["pointer"] } == (5...7).map { .string("/push/settings/\($0)") })
    #expect(verdicts.allSatisfy { $0["status"] == "rejected" && $0["code"] == "too_many_settings" })
    // Another machine of the same person may still say something of each, and nothing new.
    let second = try device.paired()
    let others = try second.sync(["push": ["settings": BoundTests.settings(499...501, value: 3, at: 2)]])
    #expect(others["accepted.stored"] == 2 && others["verdicts.0.code"] == "too_many_settings")
    let count = try Superuser.count(
      "SELECT count(DISTINCT key) AS count FROM breath.settings WHERE account_id = \(device.accountID)")
    #expect(count == 500)
    try expectSound(device)
  }

  @Test func `many machines with all settings each were without end as well`() throws {
    let device = try Device()
    try fill(device, settings: 500)
    let account = try device.accountID
    // As nine more machines that say something of each.
    _ = try Superuser.connect().pipeline([
      """
      INSERT INTO breath.devices (account_id, device_id, version, name, time_zone)
      SELECT \(account), md5('machine' || n)::uuid, 1000 + n, 'x', 'UTC' FROM generate_series(1, 9) n
      """,
      """
      INSERT INTO breath.settings (account_id, module, key, device_id, version, value, stated_at, changed_at)
      SELECT \(account), 'display', 'k' || k, md5('machine' || n)::uuid, 1000 + n * 1000 + k, '1', now(), now()
      FROM generate_series(1, 9) n, generate_series(1, 500) k
      """,
      "UPDATE breath.accounts SET version = 20000 WHERE account_id = \(account)",
    ])
    let eleventh = try device.paired()
    let refused = try eleventh.sync(["push": ["settings": BoundTests.settings(1...2)]])
    #expect(refused["accepted.rejected"] == 2 && refused["verdicts.1.code"] == "too_many_settings")
    let own = try device.sync(["push": ["settings": BoundTests.settings(1...2, value: 5, at: 9)]])
    #expect(own["accepted.rejected"] == 0, "\(own.line)")
  }

  @Test func `a date of another century was a row for ever`() throws {
    let device = try Device()
    let day: (String) -> JSON = { ["date": .string($0), "sessions": 1, "activeMs": 1, "cycles": 1, "xp": 1] }
    let reply = try device.sync([
      "detail": "sessions",
      "push": [
        "sessions": [
          Practice.session("old", at: "1825-08-27T14:02:11.345Z", to: "1825-08-27T14:07:11.345Z"),
          Practice.session("good"),
          Practice.session("far", at: "2525-08-27T14:02:11.345Z", to: "2525-08-27T14:07:11.345Z"),
        ], "days": [day("1825-08-27"), day("2525-08-27"), day("1970-01-01")],
      ],
    ])
    #expect(reply["accepted.stored"] == 2 && reply["accepted.rejected"] == 4, "\(reply.line)")
    let verdicts = try reply.items("verdicts").filter { $0["status"] == "rejected" }
    #expect(
      Set(verdicts.compactMap { $0["pointer"]?.string }) == [
        "/push/sessions/0", "/push/sessions/2", "/push/days/0", "/push/days/1",
      ])
    #expect(verdicts.allSatisfy { $0["code"] == "out_of_range" })
    #expect(reply["progress.sessions"] == 2)
  }

  /// - Parameter state: what they are, as a list of columns with values.
  private func addDevices(_ count: Int, to device: Device, revoked: Bool = false, left: Bool = false) throws {
    let account = try device.accountID
    _ = try Superuser.rows(
      """
      INSERT INTO breath.devices (account_id, device_id, version, name, time_zone, revoked_at, left_at)
      SELECT \(account), gen_random_uuid(), 1, 'x', 'UTC', CASE WHEN \(revoked || left) THEN now() END,
        CASE WHEN \(left) THEN now() END
      FROM generate_series(1, \(Int32(count))) n
      """)
  }

  @Test func `a machine that was removed makes room for another`() throws {
    let device = try Device()
    try addDevices(98, to: device)
    let last = try device.paired()
    let code = try device.pairingCode()
    let next = Device.redemption(code: code, id: Device.newID(), secret: Device.newSecret())
    #expect(try Fleet.call(.auth, next).outcome == "409 too_many_devices")
    #expect(try device.call(.auth, "DELETE", "/devices/\(last.id)").status == 204)
    #expect(try Fleet.call(.auth, next).status == 201)
  }

  @Test(arguments: ["join", "key", "merge", "adopt"])
  func `devices that left or were removed were known without end`(how: String) throws {
    let device = try Device()
    try addDevices(300, to: device, left: true)
    try addDevices(199, to: device, revoked: true)
    switch how {
    case "join":
      let event = Device.redemption(
        code: try device.pairingCode(), id: Device.newID(), secret: Device.newSecret())
      #expect(try Fleet.call(.auth, event).outcome == "409 too_many_devices")
    case "key":
      let key = try device.call(.auth, "POST", "/keys", json: ["name": "bar", "scopes": ["stats:read"]])
      #expect(key.outcome == "409 too_many_devices")
    case "merge": #expect(try Device().redeem(try device.pairingCode()).outcome == "409 too_many_devices")
    default:
      let id = Device.newID()
      let reply = try device.sync([
        "detail": "sessions",
        "push": [
          "devices": [["id": .string(id), "name": "copy", "timeZone": "UTC", "reset": .null]],
          "sessions": Practice.sessions(["own"]),
        ],
      ])
      #expect(reply["accepted.stored"] == 1)
      #expect(
        try reply.items("verdicts").contains {
          $0["pointer"] == "/push/devices/0" && $0["id"] == .string(id) && $0["code"] == "too_many_devices"
        }, "\(reply.line)")
    }
  }

  @Test func `codes that nobody used were open without end`() throws {
    let device = try Device()
    let codes = try (0..<20).map { _ in try device.pairingCode() }
    #expect(try device.call(.auth, "POST", "/pairing").outcome == "409 too_many_codes")
    let joining = Device.redemption(code: codes[0], id: Device.newID(), secret: Device.newSecret())
    #expect(try Fleet.call(.auth, joining).status == 201)
    #expect(try device.call(.auth, "POST", "/pairing").status == 201)
  }

  @Test func `an account took in others without end`() throws {
    let (source, target) = (try Device(), try Device())
    let (account, other, id) = (try target.accountID, try source.accountID, UUID(uuidString: target.id))
    func add(_ count: Int) throws {
      _ = try Superuser.rows(
        """
        INSERT INTO breath.merges (account_id, source, source_detail, redeemed_by, devices, undone_at)
        SELECT \(account), \(other), 'days', \(id), ARRAY[\(id)], now() FROM generate_series(1, \(Int32(count)))
        """)
    }
    try add(299)
    let merged = try source.merged(into: target)
    #expect(try target.call(.auth, "GET", "/pairing/merges").items("merges").count == 200)
    #expect(try Device().redeem(try merged.pairingCode()).outcome == "409 too_many_merges")
  }

  @Test func `two accounts together may hold no more than one`() throws {
    let (source, target) = (try Device(), try Device())
    try fill(source, settings: 300)
    let account = try target.accountID
    let id = UUID(uuidString: target.id)
    _ = try Superuser.rows(
      """
      INSERT INTO breath.settings (account_id, module, key, device_id, version, value, stated_at, changed_at)
      SELECT \(account), 'display', 'other' || n, \(id), 10 + n, '1', now(), now() FROM generate_series(1, 201) n
      """)
    let code = try target.pairingCode()
    #expect(try source.redeem(code, dryRun: true).outcome == "409 too_many_settings")
    #expect(try source.redeem(code).outcome == "409 too_many_settings")
    _ = try Superuser.rows("DELETE FROM breath.settings WHERE account_id = \(account)")
    for column in ["kept", "tombstones"] as [StaticString] {
      _ = try Superuser.rows("UPDATE breath.accounts SET \(raw: column) = 200001 WHERE account_id = \(account)")
      #expect(try source.redeem(code).outcome == "409 account_full")
      _ = try Superuser.rows("UPDATE breath.accounts SET \(raw: column) = 0 WHERE account_id = \(account)")
    }
    let own = try source.accountID
    for column in ["kept", "tombstones"] as [StaticString] {
      _ = try Superuser.rows("UPDATE breath.accounts SET \(raw: column) = 100001 WHERE account_id = \(own)")
      #expect(try source.redeem(code, dryRun: true).outcome == "409 too_many_records_to_move")
      #expect(try source.redeem(code).outcome == "409 too_many_records_to_move")
      _ = try Superuser.rows("UPDATE breath.accounts SET \(raw: column) = 100000 WHERE account_id = \(own)")
      #expect(try source.redeem(code, dryRun: true).status == 200)
      _ = try Superuser.rows("UPDATE breath.accounts SET \(raw: column) = 0 WHERE account_id = \(own)")
    }
    #expect(try source.redeem(code).status == 201)
  }

  @Test func `the ledger, consents and sign-ins of a device keep the newest`() throws {
    let device = try Device()
    let (account, id) = (try device.accountID, UUID(uuidString: device.id))
    _ = try Superuser.connect().pipeline([
      """
      INSERT INTO breath.push_ledger (account_id, device_id, request_id, kind, stored, duplicate, rejected)
      SELECT \(account), \(id), 'r' || n, 'days', 1, 0, 0 FROM generate_series(1, 12000) n
      """,
      """
      INSERT INTO breath.consents (account_id, device_id, subject, choice, recorded_at)
      SELECT \(account), \(id), 'social', 'withdrawn', '2020-01-01'
      """,
      """
      INSERT INTO breath.consents (account_id, device_id, subject, choice)
      SELECT \(account), \(id), 'detail', 'days' FROM generate_series(1, 1500) n
      """,
      """
      INSERT INTO breath.refresh_sessions (account_id, session_id, device_id, rotated_at)
      SELECT \(account), gen_random_uuid(), \(id), now() - n * interval '1 minute' FROM generate_series(1, 150) n
      """,
    ])
    func count(_ table: SQL) throws -> Int64 {
      try Superuser.count("SELECT count(*) AS count FROM \(table) WHERE account_id = \(account)")
    }
    #expect(try count("breath.push_ledger") == 5000 && count("breath.refresh_sessions") == 100)
    // And the newest of another subject, though it is the oldest of all.
    #expect(try count("breath.consents") == 1001)
    #expect(try device.refreshed().sync([:]).status == 200)
    #expect(try device.call(.sync, "GET", "/ledger", query: "limit=1").items("pushes")[0]["request"] == "r12000")
  }

  /// Each push has a hundred kilobytes; what is free at once is nearly used up.
  @Test func `an account without a sign-in filled a disk as fast as its network could carry`() throws {
    let usual = ["BREATH_RATE_LIMIT_FACTOR": "1"]
    func useUp(_ device: Device) throws {
      let subject = "bytes \(device.account)"
      _ = try Superuser.rows(
        """
        INSERT INTO breath.rate_limits (key, theoretical_arrival)
        SELECT substr(sha256(convert_to(\(subject), 'UTF8')), 1, 16) || convert_to('bytes', 'UTF8'),
          now() + interval '4 days' - interval '1 hour'
        """)
    }
    func push(_ device: Device, _ round: Int) throws -> Reply {
      let long = JSON.string(String(repeating: "x", count: 4000))
      let body: JSON = ["push": ["settings": BoundTests.settings(0..<25, value: long, at: round)]]
      return try Fleet.call(.sync, device.syncEvent(body), in: usual)
    }
    let device = try Device()
    try useUp(device)
    let outcomes = try (0..<10).map { round in try push(device, round).outcome }
    #expect(outcomes.first == "200" && outcomes.last?.hasPrefix("429") == true, "\(outcomes)")
    let refused = try push(device, 0)
    #expect(refused.header("RateLimit-Policy")?.hasPrefix("\"bytes\"") == true, "\(refused.line)")
    let asked = try Fleet.call(.sync, device.syncEvent([:]), in: usual)
    #expect(asked.status == 200, "asking for what others pushed costs nothing")
    let person = try Person()
    try useUp(person.device)
    for round in 0..<10 { #expect(try push(person.device, round).status == 200) }
  }

  @Test func `every table has an end that docs-security names`() throws {
    let text = try Repository.text("docs/security.md")
    let listed = try #require(text.components(separatedBy: "## Nothing is without end\n").last)
    let section = try #require(listed.components(separatedBy: "\n## ").first)
    let words = Set(section.split { !$0.isLetter && $0 != "_" }.map(String.init))
    let tables = try Superuser.rows(
      """
      SELECT table_name::text AS name FROM information_schema.tables
      WHERE table_schema = 'breath' AND table_type = 'BASE TABLE'
      """)
    #expect(try tables.map { try $0["name"] as String }.filter { !words.contains($0) } == [])
  }
}
