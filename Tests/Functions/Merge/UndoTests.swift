import Foundation
import FunctionRuntime
import Postgres
import StrictJSON
import TestSupport
import Testing

/// For thirty days a merge can be taken apart: each account has its own again, and what came since.
@Suite struct UndoTests {
  private func practised(_ names: String..., detail: String = "sessions") throws -> Device {
    let device = try Device(shares: detail == "sessions")
    _ = try device.sync([
      "detail": .string(detail),
      "push": detail == "sessions"
        ? ["sessions": Practice.sessions(names, by: device)]
        : [
          "days": [
            ["date": "2025-08-20", "sessions": .integer(Int64(names.count)), "activeMs": 9, "cycles": 1, "xp": 5]
          ]
        ],
    ])
    return device
  }

  private func choose(_ detail: String, on device: Device) throws {
    let reply = try device.call(
      .sync, "PUT", "/detail", headers: ["content-type": "application/json"], body: #"{"detail": "\#(detail)"}"#)
    try #require(reply.status == 200)
  }

  @Test func `each account gets its own back, also what was practised since`() throws {
    let (source, target) = (try practised("a", "b"), try practised("x"))
    let second = try source.paired()
    let before = (try source.records(), try target.records())
    let merged = try source.merged(into: target)
    _ = try merged.sync(Practice.push(Practice.sessions(["since"], by: merged)))
    _ = try second.refreshed().sync(["push": ["deletions": [["session": "b", "device": .string(source.id)]]]])
    _ = try target.sync(Practice.push(Practice.sessions(["y"], by: target)))

    let merge = try target.newestMerge()
    let reply = try target.undo(merge)
    #expect(reply.status == 200 && reply["undone"] == true)
    #expect(try target.undo(merge).body == reply.body, "again is the same")
    let back = try merged.refreshed()
    #expect(back.account == source.account)
    #expect(try second.refreshed().account == source.account, "also by a token from before the merge")
    func sessions(_ device: Device) throws -> Set<String> {
      Set(try device.sync(["own": true]).items("changes.sessions").compactMap { $0["id"]?.string })
    }
    #expect(try sessions(back) == ["a", "since"] && sessions(target) == ["x", "y"])
    #expect(before.0.subtracting(try back.records()).count == 1, "the session that was deleted")
    #expect(before.1.subtracting(try target.records()).count == 1, "the day that has one more")
    #expect(try back.sync([:])["progress.sessions"] == 2 && target.sync([:])["progress.sessions"] == 2)
    for device in [back, target] { try device.expectSoundDigest() }
    try expectSound(back, target)
    let listed = try target.call(.auth, "GET", "/pairing/merges")
    #expect(try listed.items("merges").first?["undoUntil"] == nil, "\(listed.line)")
    #expect(try Fleet.call(.sync, merged.syncEvent([:])).outcome == "401 account_moved")
  }

  @Test func `machines that left are not listed among the account's own`() throws {
    let (source, target) = (try practised("a"), try practised("x"))
    let merged = try source.merged(into: target)
    #expect(try target.call(.auth, "GET", "/devices").items("devices").count == 2)
    _ = try target.undo(try target.newestMerge())
    func listed(_ device: Device) throws -> [JSON?] {
      try device.call(.auth, "GET", "/devices").items("devices").map { $0["id"] }
    }
    #expect(try listed(target) == [.string(target.id)])
    #expect(try listed(merged.refreshed()) == [.string(source.id)])
    let renamed = try target.call(
      .auth, "PATCH", "/devices/\(source.id)", headers: ["content-type": "application/json"], body: #"{"name":"x"}"#)
    #expect(renamed.status == 404)
  }

  @Test func `removing a machine that left was answered as if it had been there`() throws {
    let (source, target) = (try practised("a"), try practised("x"))
    let merged = try source.merged(into: target)
    _ = try target.undo(try target.newestMerge())
    let before = try target.state()
    let removed = try target.call(.auth, "DELETE", "/devices/\(source.id)")
    let missing = try target.call(.auth, "DELETE", "/devices/\(Device.newID())")
    #expect(removed.outcome == "404 not_found" && removed.comparable == missing.comparable)
    #expect(try target.state() == before)
    #expect(try merged.refreshed().sync([:]).status == 200, "at home it goes on as before")
  }

  /// Else a machine would push its copies of them back, and the practice would count twice.
  @Test func `each side hears that the others left, and what is still sent of them stays out`() throws {
    let (source, target) = (try practised("a"), try practised("x"))
    let merged = try source.merged(into: target)
    let cursors = (try merged.sync([:])["cursor"] ?? .null, try target.sync([:])["cursor"] ?? .null)
    _ = try target.undo(try target.newestMerge())
    let back = try merged.refreshed()
    let (mine, theirs) = (try back.sync(["cursor": cursors.0]), try target.sync(["cursor": cursors.1]))
    #expect(mine["restart"] == true && theirs["restart"] == nil)
    for (reply, other) in [(mine, target), (theirs, back)] {
      #expect(reply["changes.devices.0.id"] == .string(other.id) && reply["changes.devices.0.left"] == true)
    }
    #expect(try mine.items("holdings").first { $0["device"] == .string(target.id) }?["left"] == true)
    for (device, other) in [(back, target), (target, back)] {
      let reply = try device.sync([
        "detail": "sessions",
        "push": [
          "devices": [["id": .string(other.id), "name": "copy", "timeZone": "UTC", "reset": .null]],
          "sessions": [copy(of: other)],
          "days": [
            ["date": "2025-08-21", "sessions": 1, "activeMs": 1, "cycles": 1, "xp": 1, "device": .string(other.id)]
          ],
        ],
      ])
      #expect(reply["accepted.rejected"] == 2)
      #expect(try reply.items("verdicts").allSatisfy { $0["status"] == "tombstoned" && $0["code"] == "device_left" })
      #expect(reply["progress.sessions"] == 1)
    }
    try expectSound(back, target)
  }

  private func copy(of device: Device) -> JSON {
    guard var members = Practice.session("copy").object else { return .null }
    members["device"] = .string(device.id)
    return .object(members)
  }

  @Test func `what was undone can be merged again, and undone again`() throws {
    let (source, target) = (try practised("a"), try practised("x"))
    var device = source
    for _ in 0..<3 {
      device = try device.merged(into: target)
      #expect(try device.sync([:])["progress.sessions"] == 2)
      let devices = try device.sync(["own": true]).items("changes.devices")
      #expect(devices.count == 2 && devices.allSatisfy { $0["left"] == nil })
      try expectSound(source, target)
      #expect(try target.undo(try target.newestMerge()).status == 200)
      device = try device.refreshed()
      #expect(try device.account == source.account && device.sync([:])["progress.sessions"] == 1)
      try expectSound(source, target)
    }
  }

  @Test func `the privacy tier of the source comes back`() throws {
    let shy = try practised("a", "b", detail: "days")
    let target = try practised("x")
    let merged = try shy.merged(into: target)
    _ = try merged.sync(Practice.push(Practice.sessions(["since"], by: merged)))
    _ = try target.undo(try target.newestMerge())
    let back = try merged.refreshed()
    let reply = try back.sync(["own": true])
    #expect(reply["detail"] == "days" && reply["changes.sessions"] == [] && reply["progress.sessions"] == 3)
    try expectSound(back, target)

    let open = try practised("c")
    let closed = try practised("z", detail: "days")
    let moved = try open.merged(into: closed)
    #expect(try moved.sync([:])["detail"] == "days")
    _ = try closed.undo(try closed.newestMerge())
    let again = try moved.refreshed()
    #expect(try again.sync([:])["detail"] == "sessions" && again.sync([:])["progress.sessions"] == 1)
    let resent = try again.sync(Practice.push(Practice.sessions(["c"], by: again)))
    #expect(resent["accepted.stored"] == 1 && resent["progress.sessions"] == 1)
    try expectSound(again, closed)
  }

  @Test func `a setting that the other side had changed counts as it did before`() throws {
    func setting(_ value: Int64, _ time: String) -> JSON {
      [
        "push": [
          "settings": [["module": "display", "key": "k", "value": .integer(value), "changedAt": .string(time)]]
        ]
      ]
    }
    let (source, target) = (try Device(), try Device())
    _ = try source.sync(setting(1, "2025-08-27T15:00:00.000Z"))
    _ = try target.sync(setting(2, "2025-08-27T14:00:00.000Z"))
    let merged = try source.merged(into: target)
    let told = try target.sync([:])
    #expect(told["changes.settings.0.value"] == 1)
    _ = try merged.undo(try target.newestMerge())
    #expect(try target.sync(["cursor": told["cursor"] ?? .null])["changes.settings.0.value"] == 2)
    #expect(try merged.refreshed().sync(["own": true])["changes.settings.0.value"] == 1)
  }

  @Test func `merges of merges come apart in either order`() throws {
    for innerFirst in [true, false] {
      let devices = try ["a", "b", "c"].map { try practised($0) }
      let second = try devices[0].merged(into: devices[1])
      let inner = try devices[1].newestMerge()
      _ = try second.merged(into: devices[2])
      let outer = try devices[2].newestMerge()
      #expect(outer != inner)
      #expect(try devices[2].call(.auth, "GET", "/pairing/merges").items("merges").count == 2)
      if innerFirst {
        #expect(try devices[2].undo(inner).status == 200)
        #expect(try devices[2].undo(outer).status == 200)
      } else {
        #expect(try devices[2].undo(outer).status == 200)
        #expect(try devices[1].refreshed().undo(inner).status == 200)
      }
      for device in devices {
        let now = try device.refreshed()
        #expect(now.account == device.account)
        #expect(try now.sync([:])["progress.sessions"] == 1)
        try expectSound(device)
      }
    }
  }

  @Test func `a merge of others, one that never was and one of long ago are not undone`() throws {
    let (source, target) = (try practised("a"), try practised("x"))
    _ = try source.merged(into: target)
    let merge = try target.newestMerge()
    let foreign = try Device().undo(merge)
    let missing = try Device().undo(Device.newID())
    #expect(foreign.outcome == "404 not_found" && foreign.body["detail"] == missing.body["detail"])
    #expect(missing.outcome == "404 not_found")
    #expect(try target.undo("x").outcome == "422 invalid_content")
    let id = try target.accountID
    _ = try Superuser.rows("UPDATE breath.merges SET merged_at = now() - interval '31 days' WHERE account_id = \(id)")
    let state = try target.state()
    #expect(try target.undo(merge).outcome == "409 undo_expired")
    #expect(try target.state() == state)
    #expect(try target.call(.auth, "GET", "/pairing/merges")["merges.0.undoUntil"] == nil)
  }

  @Test func `a code from before does not merge again what was undone`() throws {
    let (source, target) = (try Device(), try Device())
    let code = try target.pairingCode()
    _ = try source.redeem(code)
    _ = try target.undo(try target.newestMerge())
    #expect(try source.redeem(code).outcome == "404 pairing_code_invalid")
    #expect(try source.refreshed().account == source.account)
  }

  @Test func `erasing one account leaves the one that was taken out of it alone`() throws {
    let (source, target) = (try practised("a"), try practised("x"))
    _ = try source.merged(into: target)
    _ = try target.undo(try target.newestMerge())
    _ = try Superuser.rows("SELECT breath.erase_account(\(target.accountID))")
    let again = try Fleet.call(.auth, Device.enrolment(id: source.id, secret: source.secret))
    #expect(again.status == 200 && again["account"] == .string(source.account))
    #expect(try source.refreshed().sync([:])["progress.sessions"] == 1)
  }
}
