package import Foundation
import StrictJSON

/// How large a crash run is, and the seed that decides everything in it but the scheduler's whims.
package struct CrashPlan: Sendable {
  package var pushes: Int
  package var kills: Int
  package var seed: UInt64
  /// Processes of `sync`, each with devices of its own.
  package var workers = 8
  /// Each with two devices, which push from different processes.
  package var accounts = 8
  package var sessionsPerPushMax = 4
  /// Of the server, by name; none for how it is run.
  package var settings: [String: String] = [:]

  package init(pushes: Int, kills: Int, seed: UInt64) {
    self.pushes = pushes
    self.kills = kills
    self.seed = seed
  }
}

/// What a crash run came to.
package struct CrashReport: Sendable {
  package let plan: CrashPlan
  /// Answered with 200, each once.
  package internal(set) var acknowledged = 0
  package internal(set) var sessions = 0
  package internal(set) var kills = 0
  /// Kills after which the server had to recover while pushes were under way.
  package internal(set) var effectiveKills = 0
  /// Answers of 503, after which the same push was sent again.
  package internal(set) var unavailable = 0
  /// Pushes that were stored though their first answer was lost: a retry without idempotence would have doubled them.
  package internal(set) var storedUnheard = 0
  /// Empty when nothing was lost, doubled or miscounted.
  package internal(set) var violations: [String] = []

  /// One line for the ledger of totals.
  package func line(on date: Date) -> String {
    let json: JSON = [
      "test": "crash", "date": .string(date.formatted(.iso8601)), "seed": .string("\(plan.seed)"),
      "acknowledged": JSON(acknowledged), "sessions": JSON(sessions), "kills": JSON(kills),
      "effectiveKills": JSON(effectiveKills), "unavailable": JSON(unavailable), "storedUnheard": JSON(storedUnheard),
      "violations": JSON(violations.count),
    ]
    return json.text
  }
}
