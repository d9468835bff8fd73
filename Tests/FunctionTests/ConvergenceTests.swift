import Foundation
import StrictJSON
import TestSupport
import Testing

/// Many machines of one person, all at once.
@Suite struct ConvergenceTests {
  /// Each in a process of its own, so that transactions overlap; none waits for another.
  @Test func `twenty devices that push and pull at once end with one digest, and every number is right`() throws {
    let first = try Device()
    let devices = try [first] + (1..<20).map { _ in try first.paired(timeZone: "Asia/Tokyo") }
    let rounds = 6
    let processes = try devices.map { _ in try Executable(.sync) }
    for (number, (device, process)) in zip(devices, processes).enumerated() {
      for round in 0..<rounds {
        let ids = (0..<4).map { "\(number)-\(round)-\($0)" }
        let deleted: JSON = [
          "session": .string("\((number + 7) % 20)-\(round)-0"), "device": .string(devices[(number + 7) % 20].id),
        ]
        let push: JSON = [
          "sessions": Practice.sessions(ids, by: device), "deletions": [deleted],
          "days": [["date": "2024-02-29", "sessions": .integer(Int64(round)), "activeMs": 9, "cycles": 0, "xp": 0]],
          "settings": [
            [
              "module": "display", "key": "k", "value": .integer(Int64(number)),
              "changedAt": .string("2025-08-27T14:00:0\(round).000Z"),
            ]
          ],
        ]
        try process.send(device.syncEvent(["detail": "sessions", "cursor": .null, "limit": 50, "push": push]).line)
      }
    }
    for process in processes {
      for _ in 0..<rounds { #expect(try process.reply().status == 200) }
    }
    let digests = try devices.map { try ClientDigest(everythingOf: $0).text }
    let server = try first.sync([:])
    #expect(Set(digests) == [try server.text("digest")])
    #expect(server["progress.sessions"] == .integer(Int64(20 * rounds * 3 + 20 * (rounds - 1))))
    let winners = try devices.map { try $0.sync(["own": true])["changes.settings"]?.text }
    #expect(Set(winners).count == 1)
    #expect(try DoctorTests.doctor(first).status == 0)
  }
}
