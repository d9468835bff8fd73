import Foundation
import Postgres
import StrictJSON
import TestSupport
import Testing

/// Random practice on both sides: a merge is the union, and undoing it gives both back.
@Suite struct MergePropertyTests {
  private struct Person {
    var devices: [Device]
    let detail: String

    init(_ random: inout Seeded) throws {
      let first = try Device(timeZone: random.pick(["UTC", "Asia/Tokyo", "America/Costa_Rica"]), shares: false)
      devices = [first]
      for _ in 0..<Int.random(in: 0...2, using: &random) { devices.append(try first.paired()) }
      detail = random.pick(["days", "sessions"])
      if detail == "sessions" { try first.choose(detail) }
      for _ in 0..<Int.random(in: 1...6, using: &random) { try practise(&random) }
    }

    /// Anything a device may push.
    func practise(_ random: inout Seeded) throws {
      let device = random.pick(devices)
      let ids = (0..<Int.random(in: 0...5, using: &random)).map { _ in "s\(random.number(0...9))" }
      let start = Date(timeIntervalSince1970: 1_756_303_331 + Double(random.number(0...40)) * 43_000)
        .addingTimeInterval(Practice.seconds(of: device))
      let sessions = Set(ids).map { id in
        Practice.session(
          id, at: Practice.stamp(start), to: Practice.stamp(start.addingTimeInterval(300)), cycles: random.number(0...3)
        )
      }
      var push = JSONObject([("sessions", .array(detail == "sessions" ? sessions : []))])
      push["days"] = [
        [
          "date": .string("2025-08-2\(random.number(0...9))"), "sessions": .integer(random.number(0...3)),
          "activeMs": .integer(random.number(0...9)), "cycles": 1, "xp": .integer(random.number(0...90)),
        ]
      ]
      push["settings"] = [
        [
          "module": "display", "key": .string("k\(random.number(0...2))"), "value": .integer(random.number(0...9)),
          "changedAt": .string("2025-08-27T14:00:0\(random.number(0...9)).000Z"),
        ]
      ]
      if random.number(0...2) == 0 {
        push["deletions"] = [
          ["session": .string("s\(random.number(0...9))"), "device": .string(random.pick(devices).id)]
        ]
      }
      push["counters"] = [
        "totalXP": .integer(random.number(0...500)), "longestStreak": .integer(random.number(0...9)),
        "challengesCompleted": 1, "totalMeditationTime": 9,
      ]
      _ = try device.sync(["detail": .string(detail), "push": .object(push)])
    }

    func progress() throws -> Reply { try devices[0].sync([:]) }
  }

  private func withoutSettings(_ records: Set<String>) -> Set<String> { records.filter { !$0.hasPrefix("settings") } }

  @Test(arguments: UInt64(0)..<20) func `a merge is the union, and undoing it gives both back`(seed: UInt64) throws {
    var random = Seeded(seed)
    var (source, target) = (try Person(&random), try Person(&random))
    let before = (try source.devices[0].records(), try target.devices[0].records())
    let numbers = (try source.progress(), try target.progress())

    source.devices =
      [try source.devices[0].merged(into: target.devices[0])]
      + (try source.devices.dropFirst().map { try $0.refreshed() })
    let merged = try source.devices[0].records()
    if source.detail == target.detail {
      #expect(withoutSettings(merged) == withoutSettings(before.0.union(before.1)), "seed \(seed)")
    } else {
      #expect(merged.isSuperset(of: withoutSettings(before.1)), "seed \(seed)")
    }
    let reply = try source.progress()
    for name in ["sessions", "totalXP", "activeMs"] {
      let sum = try numbers.0.integer("progress.\(name)") + numbers.1.integer("progress.\(name)")
      #expect(reply["progress.\(name)"] == .integer(sum), "seed \(seed): \(name)")
    }
    #expect(reply["detail"] == numbers.1["detail"])
    for device in source.devices + target.devices { try device.expectSoundDigest() }
    try expectSound(source.devices[0])

    _ = try target.devices[0].undo(try target.devices[0].newestMerge())
    source.devices = try source.devices.map { try $0.refreshed() }
    let after = (try source.devices[0].records(), try target.devices[0].records())
    #expect(after.1 == before.1, "seed \(seed)")
    if source.detail == "sessions" && target.detail == "days" {
      #expect(try source.progress()["progress.sessions"] == numbers.0["progress.sessions"], "seed \(seed)")
    } else {
      #expect(after.0 == before.0, "seed \(seed)")
    }
    for (now, then) in [(try source.progress(), numbers.0), (try target.progress(), numbers.1)] {
      #expect(now["progress"] == then["progress"] && now["detail"] == then["detail"], "seed \(seed)")
    }
    for device in source.devices + target.devices { try device.expectSoundDigest() }
    try expectSound(source.devices[0], target.devices[0])
  }
}
