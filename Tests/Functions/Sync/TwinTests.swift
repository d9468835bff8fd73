import Foundation
import FunctionRuntime
import Postgres
import StrictJSON
import Testing

/// A person has one history. Whatever machines bring it, and however, it counts once.
@Suite struct TwinTests {
  @Test func `one export imported by two paired machines counts once`() throws {
    let first = try Device(timeZone: "America/Costa_Rica")
    let second = try first.paired(timeZone: "America/Costa_Rica")
    let (a, b) = (try first.importShared(), try second.importShared())
    for reply in [a, b] {
      #expect(reply["accepted.stored"] == 2)
      SharedHistory.expectOnce(reply)
    }
    #expect(b["progress"] == a["progress"])
    #expect(try b.items("verdicts").map { $0["status"] } == ["flagged", "flagged"])
    #expect(try b.items("verdicts").map { $0["code"] } == ["held_by_other_device", "held_by_other_device"])
    let again = try second.importShared()
    #expect(again["accepted.stored"] == 0 && again["accepted.duplicate"] == 2)
    SharedHistory.expectOnce(again)
    for device in [first, second] { try device.expectSoundDigest() }
    try expectSound(first)
  }

  @Test func `what a machine that lost its secret pushes again under a new id counts once`() throws {
    let lost = try Device()
    let other = try lost.paired()
    _ = try lost.sync(SharedHistory.push())
    SharedHistory.expectOnce(try other.paired().sync(SharedHistory.push()))
    SharedHistory.expectOnce(try other.paired().sync(SharedHistory.push(idsBegin: "other-id")), "any session id")
    try expectSound(other)
  }

  @Test func `a person's own export in the extension's shape, imported by another machine, counts once`() throws {
    let first = try Device(timeZone: "Asia/Tokyo")
    _ = try first.importShared()
    let second = try first.paired(timeZone: "America/Costa_Rica")
    let export = try first.call(.sync, "GET", "/export", query: "shape=extension")
    let file = export.body.text
    SharedHistory.expectOnce(try second.importFile(file, query: "detail=sessions"))
    let again = try second.call(.sync, "GET", "/export", query: "shape=extension")
    #expect(try again.items("breathMaster.meditation.sessions").count == 2, "each session once")
    #expect(again["breathMaster.meditation.totalXP"] == 44)
    #expect(again["breathMaster.meditation.totalMeditationTime"] == 900_000)
  }

  @Test func `what both machines imported before they were paired counts once, also in the preview`() throws {
    let (source, target) = (try Device(), try Device())
    for device in [source, target] { _ = try device.importShared() }
    let preview = try source.redeem(try target.pairingCode(), dryRun: true)
    #expect(preview["after.sessions"] == 2 && preview["after.totalXP"] == 44 && preview["after.activeMs"] == 900_000)
    let merged = try source.merged(into: target)
    SharedHistory.expectOnce(try target.sync([:]))
    for device in [merged, target] { try device.expectSoundDigest() }
    try expectSound(target)

    _ = try target.undo(try target.newestMerge())
    let back = try merged.refreshed()
    for device in [back, target] {
      SharedHistory.expectOnce(try device.sync([:]), "after the undo both sides keep it")
      #expect(try device.sync(["own": true]).items("changes.sessions").count == 2)
      try device.expectSoundDigest()
    }
    try expectSound(back, target)
  }

  @Test(arguments: RecordedExport.all, ["after", "before"])
  func `a real history with challenges on two machines has the numbers of one`(
    file: RecordedExport, paired: String
  ) throws {
    let first = try Device(timeZone: file.timeZone)
    let alone = try first.importFile(file.text, query: "detail=sessions")
    var second = try paired == "before" ? first.paired(timeZone: file.timeZone) : Device(timeZone: file.timeZone)
    var both = try second.importFile(file.text, query: "detail=sessions")
    if paired == "after" {
      second = try second.merged(into: first)
      both = try second.sync([:])
    }
    #expect(both["progress"] == alone["progress"])
    _ = try first.choose(detail: "days")
    #expect(try second.sync([:])["progress"] == alone["progress"], "going back to days changes no number")
    try expectSound(second)
  }

  @Test func `another session under the same id counts beside it`() throws {
    let first = try Device()
    let second = try first.paired()
    _ = try first.sync(Practice.push([Practice.session("a")]))
    let reply = try second.sync(Practice.push([Practice.session("a", cycles: 22)]))
    #expect(reply["progress.sessions"] == 2 && reply["verdicts"] == [])
  }

  @Test func `a machine's own practice after the shared one is added`() throws {
    let first = try Device()
    let second = try first.paired()
    for device in [first, second] { _ = try device.importShared() }
    let own = Practice.session(
      "own", at: "2026-03-05T14:00:00.000Z", to: "2026-03-05T14:05:00.000Z", cycles: 7, bonusXP: 0)
    let reply = try second.sync(Practice.push([own]))
    SharedHistory.expect(reply, sessions: 3, totalXP: 51, activeMs: 1_200_000)
  }

  // MARK: - The next copy takes over

  @Test(arguments: [0, 1]) func `a copy that is deleted leaves the numbers to the other one`(index: Int) throws {
    let first = try Device(timeZone: "Pacific/Kiritimati")
    let devices = [first, try first.paired(timeZone: "Pacific/Pago_Pago")]
    for device in devices { _ = try device.importShared() }
    try first.delete("sess-1772460000123", of: devices[index])
    SharedHistory.expectOnce(try first.sync([:]))
    #expect(try first.stats("sessions").items("sessions").count == 2)
    try devices[1].delete("sess-1772460000123", of: devices[1 - index])
    // As of one machine that deleted it: the session is gone, and its counters still tell 44.
    SharedHistory.expect(try first.sync([:]), sessions: 1, totalXP: 44, activeMs: 300_000)
    for device in devices { try device.expectSoundDigest() }
    try expectSound(first)
  }

  @Test(arguments: [0, 1]) func `a device that is cleared leaves the numbers to the other one`(index: Int) throws {
    let first = try Device()
    let devices = [first, try first.paired()]
    for device in devices { _ = try device.importShared() }
    let marker: JSON = ["push": ["reset": ["at": "2026-03-09T00:00:00.000Z"]]]
    SharedHistory.expectOnce(try devices[index].sync(marker))
    #expect(try first.stats("days", query: "range=all")["totals.sessions"] == 2)
    try expectSound(first)
  }

  @Test func `the doctor finds a session that counts twice, and makes it count once`() throws {
    let first = try Device()
    let second = try first.paired()
    for device in [first, second] { _ = try device.importShared() }
    _ = try Superuser.rows("UPDATE breath.sessions SET counts = true WHERE account_id = \(first.accountID)")
    let found = try DoctorTests.doctor(first)
    #expect(found.status == 1 && found.output.contains("counts"), "\(found.output)")
    #expect(try DoctorTests.doctor(first, "--repair").status == 0)
    try expectSound(first)
    SharedHistory.expectOnce(try second.sync([:]))
  }

  // MARK: - Readers

  @Test func `views and exports show it once`() throws {
    let first = try Device(timeZone: "America/Costa_Rica")
    let second = try first.paired(timeZone: "America/Costa_Rica")
    _ = try first.importShared()
    let queries = [
      ("days", "range=all"), ("sessions", ""), ("records", ""), ("hours", "from=2026-03-01&to=2026-03-31"),
      ("summary", ""), ("export.json", "of=sessions"), ("trend", ""),
    ]
    let before = try queries.map { try first.stats($0.0, query: $0.1).body }
    _ = try second.importShared()
    let after = try queries.map { try first.stats($0.0, query: $0.1).body }
    #expect(after == before)
    _ = try first.choose(detail: "days")
    #expect(try first.stats("days", query: "range=all").body == before[0])
  }

  @Test func `what a machine reports of the days of a shared history does not count beside it`() throws {
    let first = try Device()
    let second = try first.paired()
    let days: JSON = [
      ["date": "2026-03-02", "sessions": 1, "activeMs": 600_000, "cycles": 25, "xp": 30],
      ["date": "2026-03-03", "sessions": 1, "activeMs": 300_000, "cycles": 11, "xp": 14],
    ]
    for device in [first, second] {
      _ = try device.importShared()
      SharedHistory.expectOnce(try device.sync(["push": ["days": days]]))
    }
    _ = try first.choose(detail: "days")
    SharedHistory.expectOnce(try second.sync(["push": ["days": days]]), "also where only days are shared since")
    _ = try first.choose(detail: "sessions")
    for device in [second, first] { _ = try device.importShared() }
    SharedHistory.expectOnce(try second.sync([:]), "and shared again")
    for device in [first, second] { try device.expectSoundDigest() }
    try expectSound(first)
  }
}
