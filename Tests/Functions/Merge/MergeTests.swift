import Foundation
import FunctionRuntime
import Postgres
import StrictJSON
import TestSupport
import Testing

/// A machine that has practised on its own brings its account along when it joins another.
@Suite struct MergeTests {
  private static let day: JSON = ["date": "2025-08-20", "sessions": 4, "activeMs": 900_000, "cycles": 60, "xp": 70]

  private static func setting(_ value: Int64, at time: String) -> JSON {
    ["module": "display", "key": "k", "value": .integer(value), "changedAt": .string(time)]
  }

  /// Sessions, a deletion, a report, counters, a setting, in a tier.
  private func practised(_ names: [String], detail: String, setting: JSON) throws -> Device {
    let device = try Device(timeZone: "Europe/Berlin")
    _ = try device.sync([
      "detail": "sessions",
      "push": [
        "sessions": Practice.sessions(names + ["gone"], by: device), "days": [MergeTests.day], "settings": [setting],
        "counters": ["totalXP": 500, "longestStreak": 7, "challengesCompleted": 2, "totalMeditationTime": 1000],
        "deletions": [["session": "gone"], ["session": "never seen"]],
      ],
    ])
    if detail == "days" { try choose("days", on: device) }
    return device
  }

  private func choose(_ detail: String, on device: Device) throws {
    let reply = try device.call(
      .sync, "PUT", "/detail", headers: ["content-type": "application/json"], body: #"{"detail": "\#(detail)"}"#)
    try #require(reply.status == 200)
  }

  private func pair(_ source: String = "sessions", _ target: String = "sessions") throws -> (Device, Device) {
    (
      try practised(["a", "b"], detail: source, setting: MergeTests.setting(1, at: "2025-08-27T15:00:00.000Z")),
      try practised(["a", "x", "y"], detail: target, setting: MergeTests.setting(2, at: "2025-08-27T14:00:00.000Z"))
    )
  }

  @Test(arguments: [("sessions", "sessions"), ("sessions", "days"), ("days", "sessions"), ("days", "days")])
  func `a dry run shows the numbers that the merge then gives, and changes nothing`(from: String, into: String) throws {
    let (source, target) = try pair(from, into)
    let states = (try source.state(), try target.state())
    let code = try target.pairingCode()
    let preview = try source.redeem(code, dryRun: true)
    #expect(preview.status == 200 && preview["merges"] == true)
    #expect(try source.state() == states.0 && target.state() == states.1)
    #expect(try source.call(.auth, "GET", "/pairing/merges")["merges"] == [])
    for (part, device) in [("this", source), ("other", target)] {
      let progress = try #require(try device.sync([:])["progress"])
      for name in ["sessions", "totalXP", "activeMs", "activeDays", "streak", "level"] {
        #expect(preview["before.\(part).\(name)"] == progress[name], "\(part) \(name)")
      }
    }
    let reply = try source.redeem(code)
    #expect(reply.status == 201)
    let progress = try #require(try Device(id: source.id, secret: source.secret, reply).sync([:])["progress"])
    for name in ["sessions", "totalXP", "activeMs", "activeDays", "streak", "level"] {
      #expect(preview["after.\(name)"] == progress[name], "\(name)")
    }
    #expect(preview["after.devices"] == 2)
    #expect(progress["sessions"] == .integer(2 + 4 + 3 + 4), "what was reported and what was sent are different days")
  }

  @Test func `of a device without an account a dry run shows that it brings nothing`() throws {
    let target = try practised(["a"], detail: "days", setting: MergeTests.setting(1, at: "2025-08-27T15:00:00.000Z"))
    let state = try target.state()
    let (id, secret) = (Device.newID(), Device.newSecret())
    var event = Device.redemption(code: try target.pairingCode(), id: id, secret: secret)
    event.query = "dryRun=true"
    let reply = try Fleet.call(.auth, event)
    #expect(reply["merges"] == false && reply["before.other"] == reply["after"])
    #expect(reply["before.this.sessions"] == 0)
    #expect(try target.state() == state)
    #expect(
      try Superuser.count("SELECT count(*) AS count FROM breath.devices WHERE device_id = \(UUID(uuidString: id)!)")
        == 0)
  }

  @Test func `a merge is the union of both, and all devices end with one digest`() throws {
    let (source, target) = try pair()
    let (sourceTwo, targetTwo) = (try source.paired(), try target.paired())
    _ = try sourceTwo.sync(Practice.push(Practice.sessions(["of the second"])))
    let union = try source.records().union(target.records())
    let cursor = try targetTwo.sync([:])["cursor"] ?? .null
    let ownCursor = try source.sync([:])["cursor"] ?? .null

    let merged = try source.merged(into: target)
    var expected = union
    // Of the two settings with one key the later one counts.
    expected = expected.filter { !$0.hasPrefix("settings") || $0.contains("\"value\":1,") }
    #expect(try merged.records() == expected)
    let pulled = try targetTwo.sync(["cursor": cursor])
    #expect(pulled["restart"] == nil)
    #expect(try Set(pulled.items("changes.sessions").compactMap { $0["id"]?.string }) == ["a", "b", "of the second"])
    #expect(try pulled.items("changes.deletions").count == 2)
    #expect(try pulled.items("changes.devices").count == 2)
    #expect(pulled["changes.settings.0.value"] == 1)
    let restarted = try merged.sync(["cursor": ownCursor])
    #expect(restarted["restart"] == true)
    let holdings = try restarted.items("holdings")
    #expect(holdings.count == 4)
    let moved = try sourceTwo.refreshed()
    for device in [merged, moved, target, targetTwo] {
      #expect(device.account == target.account)
      try device.expectSoundDigest()
    }
    try expectSound(source, target)
  }

  @Test func `sessions that the target does not share are coarsened, and come back when it shares them`() throws {
    let (source, target) = try pair("sessions", "days")
    let merged = try source.merged(into: target)
    let reply = try merged.sync(["own": true])
    #expect(reply["detail"] == "days" && reply["changes.sessions"] == [] && reply["changes.deletions"] == [])
    #expect(reply["progress.sessions"] == 13)
    let id = try target.accountID
    #expect(try Superuser.count("SELECT count(*) AS count FROM breath.sessions WHERE account_id = \(id)") == 0)
    try expectSound(source, target)
    let folded = try merged.sync(Practice.push(Practice.sessions(["a", "b"], by: merged)))
    #expect(folded["accepted.duplicate"] == 2 && folded["progress.sessions"] == 13)
    try merged.choose("sessions")
    let again = try merged.sync(Practice.push(Practice.sessions(["a", "b", "gone"], by: merged)))
    #expect(again["accepted"] == ["stored": 2, "duplicate": 0, "flagged": 0, "rejected": 1], "a deletion still holds")
    #expect(again["progress.sessions"] == 13, "the same practice told twice is not practised twice")
    try expectSound(target)
  }

  @Test func `day totals of the source stay as reported where the target shares sessions`() throws {
    let (source, target) = try pair("days", "sessions")
    let merged = try source.merged(into: target)
    let reply = try merged.sync(["own": true])
    #expect(reply["detail"] == "sessions" && reply["progress.sessions"] == 13)
    #expect(try Set(reply.items("changes.sessions").compactMap { $0["device"]?.string }) == [target.id])
    let days = try reply.items("changes.days").filter { $0["device"]?.string == source.id }
    #expect(days.count == 2 && days.allSatisfy { $0["reported"] == nil })
    try expectSound(source, target)
  }

  @Test func `a clearing of the source still keeps out what was made before`() throws {
    let (source, target) = try pair()
    let marker: JSON = ["at": "2025-09-01T08:00:00.000Z"]
    _ = try source.sync(["push": ["reset": marker]])
    let merged = try source.merged(into: target)
    let late = try merged.sync(Practice.push(Practice.sessions(["a", "b"], by: merged)))
    #expect(late["accepted.rejected"] == 2 && late["verdicts.0.code"] == "before_reset")
    let new = try merged.sync(["push": ["reset": marker, "sessions": Practice.sessions(["new"])]])
    #expect(new["accepted.stored"] == 1)
    try expectSound(source, target)
  }

  @Test func `consents and the ledger move along`() throws {
    let (source, target) = try pair()
    let merged = try source.merged(into: target)
    let (from, into) = (try source.accountID, try target.accountID)
    #expect(try Superuser.count("SELECT count(*) AS count FROM breath.consents WHERE account_id = \(into)") == 2)
    for table in ["consents", "push_ledger", "devices", "sessions", "tombstones", "day_totals", "settings"] {
      let left = try Superuser.count(
        """
        SELECT (xpath('/row/c/text()', query_to_xml(
          format('SELECT count(*) AS c FROM breath.%I WHERE account_id = %L', \(table), \("\(from)")), false, true, '')
        ))[1]::text::bigint AS count
        """)
      #expect(left == 0, "\(table)")
    }
    let pushes = try merged.call(.sync, "GET", "/ledger").items("pushes")
    #expect(Set(pushes.compactMap { $0["device"]?.string }) == [source.id, target.id])
  }
}

// MARK: - Who may, and how often

extension MergeTests {
  @Test func `an access token from before is told to refresh, and the refresh token leads to the new account`() throws {
    let (source, target) = (try Device(), try Device())
    let second = try source.paired()
    let merged = try source.merged(into: target)
    for device in [source, second] {
      #expect(try Fleet.call(.sync, device.syncEvent([:])).outcome == "401 account_moved")
      #expect(try device.call(.stats, "GET", "/summary").outcome == "401 account_moved")
      #expect(try device.call(.auth, "POST", "/pairing").outcome == "401 account_moved")
      let moved = try device.refreshed()
      #expect(moved.account == target.account)
      #expect(try moved.sync([:]).status == 200)
      #expect(try device.refreshed().refreshToken == moved.refreshToken, "an old token, once more, as before")
      #expect(try moved.refreshed().account == target.account)
    }
    let again = try Fleet.call(.auth, Device.enrolment(id: second.id, secret: second.secret))
    #expect(again.status == 200 && again["account"] == .string(target.account))
    #expect(try merged.sync([:]).status == 200)
  }

  @Test func `the winner may repeat itself and gets the same answer, nobody else gets in`() throws {
    let (source, target) = (try Device(), try Device())
    let code = try target.pairingCode()
    let first = try source.redeem(code)
    let state = try target.newestMerge()
    let again = try source.redeem(code)
    #expect(again.status == 201 && again["merge"] == first["merge"] && first["merge.merge"] == .string(state))
    #expect(try Device().redeem(code).outcome == "404 pairing_code_invalid")
    #expect(try target.call(.auth, "GET", "/pairing/merges").items("merges").count == 1)
  }

  @Test func `a device that cannot prove itself merges nothing and learns nothing`() throws {
    let (source, target) = (try Device(), try Device())
    let code = try target.pairingCode()
    for dryRun in [true, false] {
      var event = Device.redemption(code: code, id: source.id, secret: Device.newSecret())
      if dryRun { event.query = "dryRun=true" }
      #expect(try Fleet.call(.auth, event).outcome == "409 device_exists")
      var guess = source.redemption(of: "BM-222222-222222", dryRun: dryRun)
      #expect(try Fleet.call(.auth, guess).outcome == "404 pairing_code_invalid")
      guess.query = "dryRun=maybe"
      #expect(try Fleet.call(.auth, guess).outcome == "400 invalid_query")
    }
    #expect(try source.sync([:]).status == 200)
  }

  @Test func `an account has at most a hundred devices, and two with more stay two`() throws {
    let (source, target) = (try Device(), try Device())
    let id = try target.accountID
    _ = try Superuser.rows(
      """
      INSERT INTO breath.devices (account_id, device_id, version, name, time_zone)
      SELECT \(id), gen_random_uuid(), 1 + n, 'x', 'UTC' FROM generate_series(1, 99) n
      """)
    let code = try target.pairingCode()
    #expect(try source.redeem(code, dryRun: true).outcome == "409 too_many_devices")
    #expect(try source.redeem(code).outcome == "409 too_many_devices")
    let joining = Device.redemption(code: code, id: Device.newID(), secret: Device.newSecret())
    #expect(try Fleet.call(.auth, joining).outcome == "409 too_many_devices")
    _ = try Superuser.rows(
      "DELETE FROM breath.devices WHERE (account_id, device_id) = (SELECT account_id, device_id FROM breath.devices WHERE account_id = \(id) AND name = 'x' LIMIT 1)"
    )
    #expect(try source.redeem(code).status == 201)
  }

  @Test func `accounts that were merged one into the other lead to the last`() throws {
    let devices = try (0..<3).map { _ in try Device() }
    for device in devices { _ = try device.sync(Practice.push(Practice.sessions([device.id], by: device))) }
    let second = try devices[0].merged(into: devices[1])
    _ = try second.merged(into: devices[2])
    for device in devices {
      let now = try device.refreshed()
      #expect(now.account == devices[2].account)
      #expect(try now.sync([:])["progress.sessions"] == 3)
    }
    try expectSound(devices[0], devices[1], devices[2])
  }

  @Test func `erasing the account erases what was merged into it, and no device comes back`() throws {
    let (source, target) = (try Device(), try Device())
    _ = try source.merged(into: target)
    _ = try Superuser.rows("SELECT breath.erase_account(\(target.accountID))")
    let left = try Superuser.count(
      "SELECT count(*) AS count FROM breath.accounts WHERE account_id = \(source.accountID)")
    #expect(left == 0)
    let again = try Fleet.call(.auth, Device.enrolment(id: source.id, secret: source.secret))
    #expect(again.outcome == "410 account_gone")
  }
}
