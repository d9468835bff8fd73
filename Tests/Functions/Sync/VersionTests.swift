import Foundation
import FunctionRuntime
import Postgres
import StrictJSON
import TestSupport
import Testing

/// Versions count rows that were written: whatever is merged and taken apart, an account stays far from the end of what
/// can be counted, and one that is there already can still be used, and put right.
@Suite struct VersionTests {
  private static let nearEnd: Int64 = 4_611_686_018_427_387_897
  private static let atEnd: Int64 = 9_223_372_036_854_775_801

  private func version(of device: Device) throws -> Int64 {
    try Superuser.count("SELECT version AS count FROM breath.accounts WHERE account_id = \(device.accountID)")
  }

  private func setVersion(of device: Device, _ version: Int64) throws {
    _ = try Superuser.rows("UPDATE breath.accounts SET version = \(version) WHERE account_id = \(device.accountID)")
  }

  private func practised(_ names: String...) throws -> Device {
    let device = try Device()
    // At times of their own, so that no two people held one session.
    let sessions = names.map { name in
      let start = Date(timeIntervalSince1970: 1_756_303_331 + Double(name.utf8.reduce(0) { $0 + Int($1) }) * 7200)
      return Practice.session(name, at: Practice.stamp(start), to: Practice.stamp(start.addingTimeInterval(300)))
    }
    _ = try device.sync(Practice.push(.array(sessions)))
    return device
  }

  @Test(arguments: [17, 200]) func `an account was useless after so many merges and undos`(count: Int) throws {
    let (source, target) = (try practised("a", "b"), try practised("x"))
    var device = source
    for _ in 0..<count {
      device = try device.merged(into: target)
      #expect(try target.undo(try target.newestMerge()).status == 200)
      device = try device.refreshed()
    }
    // A merge writes the device, which joins, two sessions and their day; an undo the note that it left.
    #expect(try version(of: target) <= Int64(10 + count * 7) && version(of: device) <= Int64(10 + count * 7))
    #expect(try device.sync(Practice.push(Practice.sessions(["c"])))["accepted.stored"] == 1)
    #expect(try device.sync([:])["progress.sessions"] == 3 && target.sync([:])["progress.sessions"] == 1)
    try expectSound(device, target)
  }

  @Test func `a chain of fresh accounts made any version`() throws {
    var last = try Device()
    for _ in 0..<61 {
      let next = try Device()
      _ = try last.merged(into: next)
      last = next
    }
    #expect(try version(of: last) < 300)
    let victim = try practised("x")
    let intruder = try last.merged(into: victim)
    #expect(try victim.call(.auth, "DELETE", "/devices/\(intruder.id)").status == 204)
    #expect(try version(of: victim) < 500)
  }

  @Test(
    arguments: ["revoke one", "revoke the others", "log out", "push", "undo", "new machine", "rename", "make a code"])
  func `an account whose version is at the end could not even sign a device out`(what: String) throws {
    let (source, victim) = (try practised("a"), try practised("x"))
    let intruder = try source.merged(into: victim)
    let cursor = try victim.sync([:])["cursor"] ?? .null
    try setVersion(of: victim, VersionTests.atEnd + 6)
    let merge = try victim.newestMerge()
    switch what {
    case "revoke one":
      #expect(try victim.call(.auth, "DELETE", "/devices/\(intruder.id)").status == 204)
      #expect(try intruder.call(.sync, "GET", "/ledger").outcome == "401 device_revoked")
    case "revoke the others":
      #expect(try victim.call(.auth, "DELETE", "/devices").status == 200)
      #expect(try intruder.call(.sync, "GET", "/ledger").outcome == "401 device_revoked")
    case "log out": #expect(try victim.call(.auth, "POST", "/logout").status == 204)
    case "push":
      #expect(try victim.sync(Practice.push(Practice.sessions(["y", "z"])))["accepted.stored"] == 2)
    case "undo": #expect(try victim.undo(merge).status == 200)
    case "new machine": _ = try victim.paired()
    case "rename":
      let renamed = try victim.call(.auth, "PATCH", "/devices/\(intruder.id)", json: ["name": "lost one"])
      #expect(renamed.status == 200)
    default: #expect(try victim.call(.auth, "POST", "/pairing").status == 201)
    }
    guard what != "log out" else { return }
    #expect(try victim.sync(["cursor": cursor]).status == 200)
    try expectSound(victim)
  }

  @Test func `a device pulls all that it had not seen when its account was numbered anew`() throws {
    let first = try practised("a")
    let second = try first.paired()
    let seen = try second.sync([:])["cursor"] ?? .null
    try setVersion(of: first, VersionTests.atEnd - 10)
    let push: JSON = [
      "push": [
        "sessions": Practice.sessions(["b", "c"]),
        "settings": [["module": "display", "key": "k", "value": 1, "changedAt": "2025-08-27T14:00:00.000Z"]],
        "deletions": [["session": "a"]],
      ]
    ]
    _ = try first.sync(push)
    try setVersion(of: first, VersionTests.atEnd)
    _ = try first.sync(Practice.push(Practice.sessions(["d"])))
    let pulled = try second.sync(["cursor": seen])
    #expect(pulled["restart"] == nil)
    #expect(Set(try pulled.items("changes.sessions").compactMap { $0["id"]?.string }) == ["b", "c", "d"])
    #expect(try pulled.items("changes.deletions").count == 1 && pulled.items("changes.settings").count == 1)
    try expectSound(first)
  }

  @Test func `an account near the end gave its version on, and what it took in could not be taken back`() throws {
    let (source, target) = (try practised("a"), try practised("x"))
    for poisoned in [source, target] {
      let code = try target.pairingCode()
      try setVersion(of: poisoned, VersionTests.nearEnd)
      for dryRun in [true, false] {
        #expect(try source.redeem(code, dryRun: dryRun).outcome == "409 account_needs_repair")
      }
      let (status, output) = try DoctorTests.doctor(poisoned)
      #expect(status == 1 && output.contains("version: stored \(VersionTests.nearEnd)"), "\(output)")
      #expect(try DoctorTests.doctor(poisoned, "--repair").status == 0)
      try expectSound(poisoned)
    }
    let merged = try source.merged(into: target)
    #expect(try target.undo(try target.newestMerge()).status == 200)
    #expect(try merged.refreshed().sync([:])["progress.sessions"] == 1)
    try expectSound(source, target)
  }

  @Test func `a merge that is made already can be undone whatever the versions are`() throws {
    for version in [VersionTests.nearEnd, VersionTests.atEnd] {
      let (source, target) = (try practised("a"), try practised("x"))
      let merged = try source.merged(into: target)
      for poisoned in [source, target] { try setVersion(of: poisoned, version) }
      #expect(try target.undo(try target.newestMerge()).status == 200)
      let back = try merged.refreshed()
      #expect(try back.sync([:])["progress.sessions"] == 1 && target.sync([:])["progress.sessions"] == 1)
      #expect(try back.sync(Practice.push(Practice.sessions(["b"])))["accepted.stored"] == 1)
    }
  }
}
