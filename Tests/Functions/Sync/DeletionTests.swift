import Foundation
import StrictJSON
import Testing

/// A deletion wins for ever, on every machine.
@Suite struct DeletionTests {
  private static func deletion(_ session: String, of device: String? = nil) -> JSON {
    ["session": .string(session), "device": JSON(device)]
  }

  private static func delete(_ deletions: JSON...) -> JSON { ["push": ["deletions": .array(deletions)]] }

  @Test func `a deleted session leaves every number as if it had never been`() throws {
    let device = try Device()
    _ = try device.sync(Practice.push(Practice.sessions(["a", "b"])))
    let before = try device.sync([:])
    let extra = Practice.session("x", at: "2025-09-30T10:00:00.000Z", to: "2025-09-30T10:05:00.000Z")
    _ = try device.sync(Practice.push([extra]))
    let after = try device.sync(DeletionTests.delete(DeletionTests.deletion("x")))
    #expect(after["accepted"] == ["stored": 1, "duplicate": 0, "flagged": 0, "rejected": 0])
    #expect(after["progress"] == before["progress"])
    let days = try device.stats("days", query: "from=2025-09-30&to=2025-09-30").items("days")
    #expect(days.allSatisfy { $0["sessions"] == 0 })
  }

  @Test func `a late copy of a deleted session stays away`() throws {
    let device = try Device()
    let push = Practice.push([Practice.session("x")])
    _ = try device.sync(push)
    _ = try device.sync(DeletionTests.delete(DeletionTests.deletion("x")))
    let before = try device.state()
    let late = try device.sync(push)
    #expect(late["verdicts.0.status"] == "tombstoned" && late["verdicts.0.code"] == "deleted")
    #expect(late["accepted"] == ["stored": 0, "duplicate": 0, "flagged": 0, "rejected": 1])
    #expect(try device.state() == before)
  }

  @Test func `a deletion that comes before its session keeps it away`() throws {
    let device = try Device()
    _ = try device.sync(["detail": "sessions", "push": ["deletions": [DeletionTests.deletion("x")]]])
    let late = try device.sync(Practice.push([Practice.session("x")]))
    #expect(late["verdicts.0.status"] == "tombstoned" && late["progress.sessions"] == 0)
  }

  @Test func `any machine may delete, and all others hear of it, the session's own too`() throws {
    let first = try Device()
    let (second, third) = (try first.paired(), try first.paired())
    _ = try first.sync(Practice.push([Practice.session("x"), Practice.session("y", cycles: 1)]))
    let (firstHead, thirdHead) = (try first.sync([:])["cursor"], try third.sync([:])["cursor"])
    let deleted = try second.sync(DeletionTests.delete(DeletionTests.deletion("x", of: first.id)))
    #expect(deleted["changes.deletions"] == [], "not told to the one who did it")
    for (device, head) in [(first, firstHead), (third, thirdHead)] {
      let reply = try device.sync(["cursor": head ?? .null])
      #expect(reply["changes.deletions"] == [["session": "x", "device": .string(first.id)]])
      #expect(reply["progress.sessions"] == 1)
    }
    #expect(try third.sync([:]).items("changes.sessions").count == 1)
  }

  @Test func `the same deletion again is a duplicate and changes nothing`() throws {
    let device = try Device()
    let twice = DeletionTests.delete(DeletionTests.deletion("x"), DeletionTests.deletion("x"))
    #expect(try device.sync(twice)["accepted"] == ["stored": 1, "duplicate": 1, "flagged": 0, "rejected": 0])
    let before = try device.state()
    let again = try device.sync(DeletionTests.delete(DeletionTests.deletion("x")))
    #expect(again["accepted.duplicate"] == 1)
    #expect(try device.state() == before)
  }

  @Test func `a deletion of an unknown device is rejected by itself`() throws {
    let device = try Device()
    let reply = try device.sync(
      DeletionTests.delete(DeletionTests.deletion("x", of: Device.newID()), DeletionTests.deletion("y")))
    #expect(reply["accepted"] == ["stored": 1, "duplicate": 0, "flagged": 0, "rejected": 1])
    #expect(reply["verdicts.0.code"] == "unknown_device")
  }

  @Test func `a deletion leaves a day alone that was reported too`() throws {
    let device = try Device()
    let day: JSON = ["date": "2025-08-27", "sessions": 1, "activeMs": 300_000, "cycles": 21, "xp": 24]
    let push = Practice.push([Practice.session("x")], ["push": ["sessions": [Practice.session("x")], "days": [day]]])
    _ = try device.sync(push)
    let reply = try device.sync(DeletionTests.delete(DeletionTests.deletion("x")))
    #expect(reply["progress.sessions"] == 1 && reply["progress.totalXP"] == 24 && reply["progress.activeDays"] == 1)
  }
}
