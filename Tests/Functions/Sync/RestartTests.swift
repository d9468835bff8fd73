import Foundation
import Postgres
import StrictJSON
import TestSupport
import Testing

/// After a restore the machines are the last backup: each learns what is missing, and any of them can bring it back.
@Suite struct RestartTests {
  /// As a cursor of another life of the database.
  private func foreign(_ reply: Reply) throws -> JSON {
    var bytes = Array(try Base64URL.bytes(reply.text("cursor")))
    bytes[3] ^= 0xff
    return .string(Base64URL.text(bytes))
  }

  @Test func `a restart tells what the server has of each device`() throws {
    let first = try Device()
    let second = try first.paired()
    _ = try first.sync(Practice.push(Practice.sessions(["a", "b", "c"])))
    let head = try second.sync([:])
    #expect(head["restart"] == nil && head["holdings"] == nil)
    let reply = try second.sync(["cursor": try foreign(head)])
    #expect(reply["restart"] == true)
    let holdings = try reply.items("holdings")
    var digest = ClientDigest()
    for session in try reply.items("changes.sessions") { try digest.add(session: session, of: first.id) }
    #expect(
      Set(holdings.map(\.text)) == [
        JSON.object(
          JSONObject([("device", .string(first.id)), ("records", 3), ("digest", .string(digest.text))])
        ).text,
        JSON.object(
          JSONObject([("device", .string(second.id)), ("records", 0), ("digest", .string(ClientDigest().text))])
        ).text,
      ])
  }

  /// The same numbers mean other rows there.
  @Test func `a cursor of another account begins anew`() throws {
    let first = try Device()
    let stranger = try Device()
    let cursor = try first.sync(Practice.push(Practice.sessions(["a", "b"]))).text("cursor")
    _ = try stranger.sync(Practice.push(Practice.sessions(["x", "y", "z"])))
    let own = try first.sync(["cursor": .string(cursor)])
    #expect(own["restart"] == nil)
    let reply = try stranger.sync(["cursor": .string(cursor)])
    #expect(reply["restart"] == true)
    let records = try reply.items("holdings").compactMap { $0["records"]?.integer }
    #expect(records == [3])
  }

  /// The restored database knows neither the first device's sessions nor the device itself.
  @Test func `a machine brings back what it holds of another that is gone`() throws {
    let first = try Device(timeZone: "Asia/Tokyo")
    let second = try first.paired()
    let day: JSON = ["date": "2025-08-20", "sessions": 4, "activeMs": 900_000, "cycles": 60, "xp": 70]
    _ = try first.sync([
      "detail": "sessions",
      "push": [
        "sessions": Practice.sessions((0..<20).map { "\($0)" }), "days": [day], "deletions": [["session": "gone"]],
      ],
    ])
    let held = try second.sync([:])
    let before = try second.stats("days", query: "from=2025-08-01&to=2025-08-31")
    let account = try first.accountID
    let lost = UUID(uuidString: first.id)
    _ = try Superuser.connect().pipeline([
      "DELETE FROM breath.sessions WHERE account_id = \(account)",
      "DELETE FROM breath.tombstones WHERE account_id = \(account)",
      "DELETE FROM breath.day_totals WHERE account_id = \(account)",
      "DELETE FROM breath.devices WHERE account_id = \(account) AND device_id = \(lost)",
      """
      UPDATE breath.accounts SET version = 2, practised = '{}', digest_count = 0, digest_high = 0, digest_low = 0
      WHERE account_id = \(account)
      """,
    ])
    let push = JSON.object(
      JSONObject([
        ("devices", .array(try held.items("changes.devices"))),
        ("sessions", .array(try held.items("changes.sessions"))),
        ("days", .array(try held.items("changes.days"))),
        ("deletions", .array(try held.items("changes.deletions"))),
      ]))
    let restored = try second.sync(["push": push])
    // Days that came from sessions came back with them: as they were reported, they are more, never less.
    #expect(restored["accepted.rejected"] == 0)
    #expect(try second.stats("days", query: "from=2025-08-01&to=2025-08-31")["days"] == before["days"])
    let again = try second.sync(["push": push])
    #expect(again["accepted.stored"] == 0)
    let pulled = try second.sync([:])
    #expect(
      Set(try pulled.items("changes.sessions").map(\.text)) == Set(try held.items("changes.sessions").map(\.text)))
  }

  @Test func `records of a device that is neither known nor named are rejected by themselves`() throws {
    let device = try Device()
    var session = try #require(Practice.session("x").object)
    session["device"] = .string(Device.newID())
    let day: JSON = [
      "date": "2025-08-20", "sessions": 4, "activeMs": 900_000, "cycles": 60, "xp": 70,
      "device": .string(Device.newID()),
    ]
    let reply = try device.sync([
      "detail": "sessions", "push": ["sessions": [.object(session), Practice.session("mine")], "days": [day]],
    ])
    #expect(reply["accepted"] == ["stored": 1, "duplicate": 0, "flagged": 0, "rejected": 2])
    #expect(try reply.items("verdicts").allSatisfy { $0["code"] == "unknown_device" })
  }

  /// Otherwise the cleared device's own marker, coming later, would wipe what had just been brought back.
  @Test func `what is brought back of a cleared device is brought back as cleared`() throws {
    let first = try Device()
    let second = try first.paired()
    let marker = "2025-09-01T08:00:00.000Z"
    _ = try first.sync(Practice.push([Practice.session("before")]))
    var after = try #require(Practice.session("after").object)
    after["device"] = .string(first.id)
    let reply = try second.sync([
      "push": [
        "devices": [["id": .string(first.id), "name": "x", "timeZone": "UTC", "reset": .string(marker)]],
        "sessions": [.object(after)],
      ]
    ])
    #expect(reply["accepted.stored"] == 1 && reply["progress.sessions"] == 1)
    let own = try first.sync(["own": true, "push": ["reset": ["at": .string(marker)]]])
    #expect(own["changes.sessions.0.id"] == "after" && own["progress.sessions"] == 1)
    let stale = try second.sync([
      "push": [
        "devices": [["id": .string(first.id), "name": "x", "timeZone": "UTC", "reset": .null]],
        "days": [
          [
            "date": "2025-08-20", "sessions": 4, "activeMs": 9, "cycles": 6, "xp": 7, "device": .string(first.id),
          ]
        ],
      ]
    ])
    #expect(stale["verdicts.0.code"] == "before_reset")
  }

  @Test func `a session keeps the date it was practised on, though the device has moved since`() throws {
    let device = try Device(timeZone: "Asia/Tokyo")
    var session = try #require(
      Practice.session("x", at: "2025-08-27T20:00:00.000Z", to: "2025-08-27T20:05:00.000Z").object)
    session["localDate"] = "2025-08-27"
    _ = try device.sync(Practice.push([.object(session)]))
    #expect(try device.paired().sync([:])["changes.sessions.0.localDate"] == "2025-08-27")
    session["id"] = "y"
    session["localDate"] = "2025-01-01"
    _ = try device.sync(Practice.push([.object(session)]))
    #expect(
      try device.paired().sync([:])["changes.sessions.1.localDate"] == "2025-08-28", "a date that cannot be is no date")
  }
}
