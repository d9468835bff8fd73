import Foundation
import FunctionRuntime
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
    var sent: [[String]] = Array(repeating: [], count: devices.count)
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
        let line = device.syncEvent(["detail": "sessions", "cursor": .null, "limit": 50, "push": push]).line
        sent[number].append(line)
        try process.send(line)
      }
    }
    for (process, lines) in zip(processes, sent) {
      var waiting = lines
      while !waiting.isEmpty {
        let replies = try waiting.map { _ in try process.reply() }
        #expect(replies.allSatisfy { $0.status == 200 || $0.outcome == "503 busy" })
        // Who waited too long for the others of the account sends again.
        waiting = zip(waiting, replies).filter { $1.status == 503 }.map(\.0)
        for line in waiting { try process.send(line) }
      }
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
