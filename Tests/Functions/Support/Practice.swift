import Foundation
import StrictJSON
import TestSupport
import Testing

/// Sessions as a client sends them.
enum Practice {
  static func session(
    _ id: String, at start: String = "2025-08-27T14:02:11.345Z", to end: String = "2025-08-27T14:07:11.345Z",
    activeMs: Int64 = 300_000, cycles: Int64 = 21, bonusXP: Int64 = 3
  ) -> JSON {
    [
      "id": .string(id), "startedAt": .string(start), "endedAt": .string(end), "activeMs": .integer(activeMs),
      "cycles": .integer(cycles), "goalMinutes": 5, "goalBonusXP": .integer(bonusXP),
      "finalXP": .integer(cycles + bonusXP),
    ]
  }

  /// Five minutes each, an hour apart.
  /// - Parameter device: begins at times of its own, up to fifty minutes later: what two machines did in the same millisecond
  ///   is one practice.
  static func sessions(_ ids: some Sequence<String>, by device: Device? = nil) -> JSON {
    .array(
      ids.enumerated().map { index, id in
        let start = Date(timeIntervalSince1970: 1_756_303_331 + Double(index) * 3600 + seconds(of: device))
        return session(id, at: stamp(start), to: stamp(start.addingTimeInterval(300)))
      })
  }

  /// By its random id, to the millisecond.
  static func seconds(of device: Device?) -> Double {
    device.flatMap { Int($0.id.prefix(8), radix: 16) }.map { Double($0 % 3_000_000) / 1000 } ?? 0
  }

  static func push(_ sessions: JSON, _ more: [String: JSON] = [:]) -> JSON {
    var body = JSONObject([("detail", "sessions"), ("push", ["sessions": sessions])])
    for (key, value) in more { body[key] = value }
    return .object(body)
  }

  static func stamp(_ date: Date) -> String {
    date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
  }
}

/// A whole file as the extension wrote it, with the numbers it must come to.
struct RecordedExport: Sendable, CustomTestStringConvertible {
  let name: String, timeZone: String
  let sessions, totalXP, activeDays, longestStreak: Int64
  var testDescription: String { name }

  static let all = [
    RecordedExport(
      name: "costa-rica-40-days", timeZone: "America/Costa_Rica", sessions: 77, totalXP: 1231, activeDays: 32,
      longestStreak: 10),
    RecordedExport(
      name: "berlin-clock-set-back", timeZone: "Europe/Berlin", sessions: 119, totalXP: 1550, activeDays: 46,
      longestStreak: 12),
    RecordedExport(
      name: "madrid-cleared-midway", timeZone: "Europe/Madrid", sessions: 27, totalXP: 324, activeDays: 13,
      longestStreak: 11),
  ]

  var text: String {
    get throws {
      try Repository.text("Tests/Unit/BreathDomainTests/Exports/\(name).json")
    }
  }

  /// That a reply's `progress` says what the file comes to.
  func expectTotals(_ reply: Reply, _ location: SourceLocation = #_sourceLocation) {
    #expect(reply["progress.sessions"] == .integer(sessions), sourceLocation: location)
    #expect(reply["progress.totalXP"] == .integer(totalXP), sourceLocation: location)
    #expect(reply["progress.activeDays"] == .integer(activeDays), sourceLocation: location)
    #expect(reply["progress.streak.longest"] == .integer(longestStreak), sourceLocation: location)
  }
}
