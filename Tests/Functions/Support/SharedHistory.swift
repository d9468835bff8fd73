import Foundation
import FunctionRuntime
import StrictJSON
import Testing

/// One history that several machines have: two sessions, a day apart, and the counters that go with them.
enum SharedHistory {
  static let export = """
    {"exportDate": "2026-03-03T18:00:00.000Z",
     "breathMaster": {
      "meditation": {"totalXP": 44, "currentStreak": 2, "longestStreak": 2, "todaySessionTime": 300000,
       "lastMeditationDate": "Tue Mar 03 2026", "totalMeditationTime": 900000, "sessionsToday": 1,
       "challengesCompleted": 0, "sessions": [
        {"id": "sess-1772460000123", "startedAt": "2026-03-02T14:00:00.123Z", "endedAt": "2026-03-02T14:10:00.123Z",
         "activeMs": 600000, "cycles": 25, "goalMinutes": 10, "goalBonusXP": 5, "finalXP": 30},
        {"id": "sess-1772546400456", "startedAt": "2026-03-03T14:00:00.456Z", "endedAt": "2026-03-03T14:05:00.456Z",
         "activeMs": 300000, "cycles": 11, "goalMinutes": 5, "goalBonusXP": 3, "finalXP": 44}]},
      "onboarding": {"hasSeenTour": true, "gamificationOptIn": true}, "version": "0.3.4"}}
    """

  /// The same as a client pushes it.
  static func push(idsBegin: String = "sess") throws -> JSON {
    let file = try JSON(parsing: Array(export.utf8), limits: .trusted)
    let meditation = try #require(file["breathMaster"]?["meditation"])
    let sessions = try #require(meditation["sessions"]?.array).map { session in
      var members = try #require(session.object)
      members["id"] = .string(idsBegin + (session["id"]?.string?.dropFirst(4) ?? ""))
      return JSON.object(members)
    }
    return Practice.push(.array(sessions), [:]).with(counters: [
      "totalXP": 44, "longestStreak": 2, "challengesCompleted": 0, "totalMeditationTime": 900_000,
    ])
  }

  /// That an answer has the numbers of the history once.
  static func expectOnce(_ reply: Reply, _ comment: Comment? = nil, _ location: SourceLocation = #_sourceLocation) {
    expect(reply, sessions: 2, totalXP: 44, activeMs: 900_000, comment, location)
  }

  static func expect(
    _ reply: Reply, sessions: Int64, totalXP: Int64, activeMs: Int64, _ comment: Comment? = nil,
    _ location: SourceLocation = #_sourceLocation
  ) {
    #expect(reply["progress.sessions"] == .integer(sessions), comment, sourceLocation: location)
    #expect(reply["progress.totalXP"] == .integer(totalXP), comment, sourceLocation: location)
    #expect(reply["progress.activeMs"] == .integer(activeMs), comment, sourceLocation: location)
    #expect(reply["progress.reportedActiveMs"] == 900_000, comment, sourceLocation: location)
  }
}

extension JSON {
  fileprivate func with(counters: JSON) -> JSON {
    var body = object ?? JSONObject()
    var push = body["push"]?.object ?? JSONObject()
    push["counters"] = counters
    body["push"] = .object(push)
    return .object(body)
  }
}

extension Device {
  func importShared() throws -> Reply { try importFile(SharedHistory.export, query: "detail=sessions") }

  func delete(_ session: String, of device: Device) throws {
    _ = try sync(["push": ["deletions": [["session": .string(session), "device": .string(device.id)]]]])
  }

  func choose(detail: String) throws -> Reply {
    let reply = try call(.sync, "PUT", "/detail", headers: Event.sendsJSON, body: #"{"detail": "\#(detail)"}"#)
    try #require(reply.status == 200, "\(reply.line)")
    return reply
  }
}
