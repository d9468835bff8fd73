import Foundation
import StrictJSON
import Testing

/// Clearing a device's data is total, and nothing brings it back.
@Suite struct ResetTests {
  private static let counters: JSON = [
    "totalXP": 900, "longestStreak": 9, "challengesCompleted": 7, "totalMeditationTime": 1_680_000,
  ]
  private static let day: JSON = ["date": "2025-08-20", "sessions": 4, "activeMs": 900_000, "cycles": 60, "xp": 70]
  private static let marker = "2025-09-01T08:00:00.000Z"

  private static func everything(reset: String? = nil, _ id: String = "x") -> JSON {
    [
      "detail": "sessions",
      "push": [
        "reset": reset.map { ["at": .string($0)] } ?? .null, "sessions": [Practice.session(id)], "days": [day],
        "counters": counters,
      ],
    ]
  }

  private static func reset(_ at: String) -> JSON { ["push": ["reset": ["at": .string(at)]]] }

  @Test func `a cleared device has nothing left, and its other machines hear of it`() throws {
    let first = try Device()
    let second = try first.paired()
    _ = try first.sync(ResetTests.everything())
    _ = try second.sync(Practice.push([Practice.session("of the second")]))
    let head = try second.sync([:])["cursor"] ?? .null
    let reply = try first.sync(ResetTests.reset(ResetTests.marker))
    #expect(reply["progress.totalXP"] == 24 && reply["progress.sessions"] == 1, "what the second practised stays")
    #expect(reply["progress.challengesCompleted"] == 0 && reply["progress.streak.reported"] == 0)
    #expect(reply["device.reset"] == .string(ResetTests.marker))
    let told = try second.sync(["cursor": head])
    #expect(told["changes.deletions"] == [["session": "x", "device": .string(first.id)]])
    #expect(try told.items("changes.days").allSatisfy { $0["sessions"] == 0 && $0["xp"] == 0 })
    #expect(told["changes.devices.0.reset"] == .string(ResetTests.marker))
  }

  @Test func `a push from before the clearing brings nothing back`() throws {
    let device = try Device()
    let old = ResetTests.everything()
    _ = try device.sync(old)
    _ = try device.sync(ResetTests.reset(ResetTests.marker))
    let before = try device.state()
    let late = try device.sync(old)
    #expect(late["accepted"] == ["stored": 0, "duplicate": 0, "flagged": 0, "rejected": 3])
    #expect(
      try late.items("verdicts").allSatisfy { $0["status"] == "tombstoned" && $0["code"] == "before_reset" })
    #expect(try device.state() == before)
    let withOlder = try device.sync(ResetTests.everything(reset: "2025-08-31T08:00:00.000Z", "never seen"))
    #expect(withOlder["accepted.rejected"] == 3)
    #expect(try device.state() == before)
  }

  @Test func `the same marker again clears nothing that came after it`() throws {
    let device = try Device()
    _ = try device.sync(ResetTests.everything())
    let first = try device.sync(ResetTests.everything(reset: ResetTests.marker, "new"))
    #expect(first["accepted"] == ["stored": 2, "duplicate": 0, "flagged": 0, "rejected": 0])
    let before = try device.state()
    let again = try device.sync(ResetTests.everything(reset: ResetTests.marker, "new"))
    #expect(again["accepted"] == ["stored": 0, "duplicate": 2, "flagged": 0, "rejected": 0])
    #expect(try device.state() == before)
  }

  @Test func `clearing leaves settings and other people's days alone`() throws {
    let device = try Device()
    let other = try Device()
    _ = try other.sync(ResetTests.everything())
    let before = try other.state()
    _ = try device.sync([
      "push": [
        "settings": [
          ["module": "display", "key": "k", "value": 1, "changedAt": "2025-08-27T14:00:00.000Z"]
        ]
      ]
    ])
    _ = try device.sync(ResetTests.reset(ResetTests.marker))
    #expect(try device.sync(["own": true]).items("changes.settings").count == 1)
    #expect(try other.state() == before)
  }
}
