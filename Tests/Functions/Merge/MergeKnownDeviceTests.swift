import Foundation
import Postgres
import StrictJSON
import TestSupport
import Testing

/// After a restore an account may know a device from another machine's copies, while that device began an account of its own:
/// when it comes back, both halves of it become one by the rules of the protocol.
@Suite struct MergeKnownDeviceTests {
  private static func of(_ id: String, _ items: JSON) -> JSON {
    .array(
      (items.array ?? []).map { item in
        guard var members = item.object else { return item }
        members["device"] = .string(id)
        return .object(members)
      })
  }

  private func merge(own: JSON, known: (String) -> JSON, reset: JSON = .null) throws -> (merged: Device, host: Device) {
    let (mover, host) = (try Device(), try Device())
    _ = try mover.sync(["detail": "sessions", "push": own])
    guard var push = known(mover.id).object else { return (mover, host) }
    push["devices"] = [["id": .string(mover.id), "name": "copy", "timeZone": "UTC", "reset": reset]]
    _ = try host.sync(["detail": "sessions", "push": .object(push)])
    let merged = try mover.merged(into: host)
    try expectSound(mover, host)
    try merged.expectSoundDigest()
    try host.expectSoundDigest()
    return (merged, host)
  }

  private func ids(_ reply: Reply) throws -> Set<String> {
    Set(try reply.items("changes.sessions").compactMap { $0["id"]?.string })
  }

  @Test func `sessions of both are together, and the same one counts once`() throws {
    let (merged, host) = try merge(
      own: ["sessions": Practice.sessions(["a", "b"])],
      known: { ["sessions": MergeKnownDeviceTests.of($0, Practice.sessions(["a", "c", "d"]))] })
    let reply = try host.sync(["own": true])
    #expect(try ids(reply) == ["a", "b", "c", "d"] && reply["progress.sessions"] == 4)
    #expect(try reply.items("changes.devices").first { $0["id"] == .string(merged.id) }?["name"] == "laptop")
    let again = try merged.sync(Practice.push(Practice.sessions(["a", "b"])))
    #expect(again["accepted.duplicate"] == 2)
  }

  @Test func `a deletion on either side wins`() throws {
    let (_, host) = try merge(
      own: ["sessions": Practice.sessions(["a", "b", "c"]), "deletions": [["session": "a"], ["session": "z"]]],
      known: {
        [
          "sessions": MergeKnownDeviceTests.of($0, Practice.sessions(["a", "b", "z"])),
          "deletions": MergeKnownDeviceTests.of($0, [["session": "b"], ["session": "y"]]),
        ]
      })
    let reply = try host.sync(["own": true])
    #expect(try ids(reply) == ["c"] && reply["progress.sessions"] == 1)
    #expect(Set(try reply.items("changes.deletions").compactMap { $0["session"]?.string }) == ["a", "b", "y", "z"])
  }

  @Test func `of one id with two contents the account's own stays`() throws {
    let (_, host) = try merge(
      own: ["sessions": [Practice.session("a", cycles: 5)]],
      known: { ["sessions": MergeKnownDeviceTests.of($0, [Practice.session("a", cycles: 9)])] })
    let reply = try host.sync(["own": true])
    #expect(reply["changes.sessions.0.cycles"] == 9 && reply["progress.sessions"] == 1)
  }

  @Test func `of reports and counters the larger counts, of a setting the newest statement`() throws {
    func day(_ sessions: Int64, _ xp: Int64) -> JSON {
      [["date": "2025-08-20", "sessions": .integer(sessions), "activeMs": 9, "cycles": 1, "xp": .integer(xp)]]
    }
    let (_, host) = try merge(
      own: ["days": day(5, 10), "sessions": [Practice.session("a")]],
      known: { ["days": MergeKnownDeviceTests.of($0, day(3, 70))] })
    let reply = try host.sync(["own": true])
    #expect(reply["progress.sessions"] == 6 && reply["progress.totalXP"] == .integer(70 + 24))
  }

  @Test(arguments: [true, false]) func `the later clearing holds on both sides`(ownIsLater: Bool) throws {
    let (early, late): (JSON, JSON) = ("2025-08-01T00:00:00.000Z", "2025-09-01T00:00:00.000Z")
    let (merged, host) = try merge(
      own: ["reset": ["at": ownIsLater ? late : early], "sessions": Practice.sessions(["own"])],
      known: { ["sessions": MergeKnownDeviceTests.of($0, Practice.sessions(["copy"]))] },
      reset: ownIsLater ? early : late)
    let reply = try host.sync(["own": true])
    #expect(try ids(reply) == [ownIsLater ? "own" : "copy"])
    #expect(try merged.sync([:])["device.reset"] == late)
  }

  @Test func `undoing it takes the device and all of its records back`() throws {
    let (merged, host) = try merge(
      own: ["sessions": Practice.sessions(["a", "b"])],
      known: { ["sessions": MergeKnownDeviceTests.of($0, Practice.sessions(["c"]))] })
    _ = try host.sync(Practice.push([Practice.session("of the host")]))
    _ = try host.undo(try host.newestMerge())
    let back = try merged.refreshed()
    #expect(try ids(back.sync(["own": true])) == ["a", "b", "c"])
    #expect(try ids(host.sync(["own": true])) == ["of the host"])
    try expectSound(back, host)
  }
}
