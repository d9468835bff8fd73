import Foundation
import StrictJSON
import Testing

/// Settings travel, and the change made last wins, whatever order the pushes come in.
@Suite struct SettingTests {
  private static func setting(
    _ value: JSON, at changedAt: String, key: String = "pattern", module: String = "breathing"
  ) -> JSON {
    ["module": .string(module), "key": .string(key), "value": value, "changedAt": .string(changedAt)]
  }

  private static func push(_ settings: JSON..., clock: String? = nil) -> JSON {
    ["device": ["clock": JSON(clock)], "push": ["settings": .array(settings)]]
  }

  private static let early = "2025-08-27T14:00:00.000Z", late = "2025-08-27T15:00:00.000Z"

  /// What a device that pulls everything sees.
  private func seen(by device: Device) throws -> [String: JSON] {
    let items = try device.sync(["own": true]).items("changes.settings")
    let pairs = try items.map { item in
      (try "\(#require(item["module"]?.string)).\(#require(item["key"]?.string))", item["value"] ?? .null)
    }
    return Dictionary(uniqueKeysWithValues: pairs)
  }

  @Test(arguments: [false, true])
  func `the later change wins, whichever comes first`(laterFirst: Bool) throws {
    let first = try Device()
    let second = try first.paired()
    let steps: [() throws -> Reply] = [
      { try first.sync(SettingTests.push(SettingTests.setting("chill", at: SettingTests.early))) },
      { try second.sync(SettingTests.push(SettingTests.setting("boxing", at: SettingTests.late))) },
    ]
    let replies = try (laterFirst ? steps.reversed() : steps).map { try $0() }
    #expect(try seen(by: first) == ["breathing.pattern": "boxing"])
    #expect(try seen(by: second) == ["breathing.pattern": "boxing"])
    if laterFirst {
      #expect(replies[1]["verdicts.0.status"] == "superseded" && replies[1]["verdicts.0.code"] == "newer_value")
      #expect(replies[1]["accepted.stored"] == 1)
      #expect(replies[1]["changes.settings.0.value"] == "boxing", "the winner is among the changes")
    }
  }

  @Test func `of two changes at the same time the greater device id wins on every machine`() throws {
    let first = try Device()
    let second = try first.paired()
    for device in [first, second] {
      _ = try device.sync(SettingTests.push(SettingTests.setting(.string(device.id), at: SettingTests.early)))
    }
    let winner = max(first.id, second.id)
    #expect(try seen(by: first) == ["breathing.pattern": .string(winner)])
    _ = try first.sync(SettingTests.push(SettingTests.setting(.string(first.id), at: SettingTests.early)))
    #expect(try seen(by: second) == ["breathing.pattern": .string(winner)])
  }

  @Test func `the same change again is a duplicate and changes nothing`() throws {
    let device = try Device()
    let body = SettingTests.push(SettingTests.setting(["deep": [1, 2]], at: SettingTests.early))
    _ = try device.sync(body)
    let before = try device.state()
    let again = try device.sync(body)
    #expect(again["accepted"] == ["stored": 0, "duplicate": 1, "flagged": 0, "rejected": 0])
    #expect(try device.state() == before)
  }

  @Test func `a clock in 2099 wins for five minutes and not for ever`() throws {
    let first = try Device()
    let second = try first.paired()
    _ = try first.sync(SettingTests.push(SettingTests.setting("2099", at: "2099-01-01T00:00:00.000Z")))
    let now = Practice.stamp(Date())
    _ = try second.sync(SettingTests.push(SettingTests.setting("now", at: now)))
    #expect(try seen(by: first) == ["breathing.pattern": "2099"], "for these five minutes")
    let before = try first.state()
    _ = try first.sync(SettingTests.push(SettingTests.setting("2099", at: "2099-01-01T00:00:00.000Z")))
    #expect(try first.state() == before, "saying it again does not prolong it")
    let soon = Practice.stamp(Date(timeIntervalSinceNow: 400))
    _ = try second.sync(SettingTests.push(SettingTests.setting("soon", at: soon)))
    #expect(try seen(by: first) == ["breathing.pattern": "soon"], "and then the next change counts")
  }

  /// The wrong clock is nine years behind; by its own time stamp the change would lose.
  @Test func `a device whose clock is years behind wins with the change it made last`() throws {
    let right = try Device()
    let wrong = try right.paired()
    let hourAgo = Practice.stamp(Date(timeIntervalSinceNow: -3600))
    _ = try right.sync(SettingTests.push(SettingTests.setting("right", at: hourAgo)))
    let nineYears = -9.0 * 365 * 86_400
    let body = SettingTests.push(
      SettingTests.setting("wrong", at: Practice.stamp(Date(timeIntervalSinceNow: nineYears - 600))),
      clock: Practice.stamp(Date(timeIntervalSinceNow: nineYears)))
    let reply = try wrong.sync(body)
    #expect(abs(try reply.integer("device.clockOffsetMs") - Int64(9 * 365 * 86_400_000)) < 60_000)
    #expect(try seen(by: right) == ["breathing.pattern": "wrong"])
  }

  @Test func `an offset within a minute counts as none`() throws {
    let device = try Device()
    let reply = try device.sync(["device": ["clock": .string(Practice.stamp(Date(timeIntervalSinceNow: -30)))]])
    #expect(reply["device.clockOffsetMs"] == 0)
  }

  @Test(
    arguments: [
      (["module": "office", "key": "k", "value": 1, "changedAt": "2025-08-27T14:00:00.000Z"], "unknown_module"),
      (["module": "display", "key": "a b", "value": 1, "changedAt": "2025-08-27T14:00:00.000Z"], "invalid_key"),
      (["module": "display", "key": "k", "changedAt": "2025-08-27T14:00:00.000Z"], "missing"),
      (["module": "display", "key": "k", "value": 1, "changedAt": "later"], "invalid_timestamp"),
      (
        [
          "module": "display", "key": "k", "value": .string(String(repeating: "x", count: 4096)),
          "changedAt": "2025-08-27T14:00:00.000Z",
        ], "too_large"
      ),
    ] as [(JSON, String)])
  func `a setting that cannot be kept is rejected by itself`(setting: JSON, code: String) throws {
    let device = try Device()
    let reply = try device.sync(SettingTests.push(setting, SettingTests.setting(true, at: SettingTests.early)))
    #expect(reply["accepted"] == ["stored": 1, "duplicate": 0, "flagged": 0, "rejected": 1])
    #expect(reply["verdicts.0.pointer"] == "/push/settings/0" && reply["verdicts.0.code"] == .string(code))
  }

  @Test func `the same setting twice in one push counts as changed last`() throws {
    let device = try Device()
    let reply = try device.sync(
      SettingTests.push(
        SettingTests.setting("new", at: SettingTests.late), SettingTests.setting("old", at: SettingTests.early)))
    #expect(reply["verdicts.0.pointer"] == "/push/settings/1" && reply["verdicts.0.status"] == "superseded")
    #expect(try seen(by: device) == ["breathing.pattern": "new"])
  }
}
