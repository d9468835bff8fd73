import BreathDomain
import Postgres
import Practice
import StrictJSON

/// `/challenges/today`: a few things to practise, the same on every machine, without a clock that runs out.
package struct ChallengesToday {
  let date: LocalDate
  /// When the day began, so that practising does not exchange the day's challenges.
  let level: Int
  let challenges: [Challenge]

  struct Challenge {
    let challenge: DailyChallenge
    /// Never more than the target.
    let done: Int64
    let target: Int64
    let isClaimed: Bool

    var isComplete: Bool { done >= target }
  }

  static var reading: Reading<ChallengesToday> {
    var reading = Reading("challenges", .days(.back(1)), .claimsToday, value: ChallengesToday.init)
    // Morning, day and evening: what can be claimed changes with them.
    reading.moment = """
      (\(reading.moment) * 3 + (progress.clock_minute >= 720)::int + (progress.clock_minute >= 1080)::int)
      """
    return reading
  }

  private init(_ progress: Progress, _ history: DayHistory, _ claims: ClaimsToday) {
    let day = history[progress.today]
    date = progress.today
    level = LevelProgress(totalXP: max(0, progress.totalXP - day.xp - claims.xp)).level.number
    challenges = DailyChallenge.all(on: date, level: level).map { challenge in
      let target = Int64(challenge.target)
      let done = claims.progress(of: challenge, on: day, clockMinute: progress.clockMinute)
      return Challenge(
        challenge: challenge, done: min(done, target), target: target, isClaimed: claims.ids.contains(challenge.id))
    }
  }
}

/// What of the day's challenges is there already, besides the day's total.
private struct ClaimsToday {
  let ids: [String]
  /// What they awarded.
  let xp: Int64
  private let longestMs: Int64
  /// At which single sessions began, where they are shared.
  private let minutes: [Int16]

  init(_ row: Row) throws(PostgresError) {
    ids = try row["claimed"] ?? []
    xp = try row["claimed_xp"] ?? 0
    longestMs = try row["longest_ms"] ?? 0
    minutes = try row["minutes"] ?? []
  }

  func progress(of challenge: DailyChallenge, on day: DayTotal, clockMinute: Int) -> Int64 {
    guard day.sessions > 0 else { return 0 }
    switch challenge.kind {
    case .cycles: return day.cycles
    case .minutes: return day.activeMs / 60_000
    // Where single sessions are not shared, one is at least as long as their mean.
    case .deepSession: return max(longestMs, day.activeMs / day.sessions) / 60_000
    case .morningBreath, .eveningFlow:
      let asked = challenge.requirement.minutes
      return asked.contains(clockMinute) || minutes.contains { asked.contains(Int($0)) } ? 1 : 0
    case .streak: return 1
    }
  }
}

extension Source<ClaimsToday> {
  fileprivate static var claimsToday: Source {
    Source(name: "claims") { viewer, isKnown in
      """
      SELECT
        (SELECT array_agg(c.challenge) FROM breath.challenge_claims c
          WHERE c.account_id = \(viewer.account) AND c.local_date = progress.today) AS claimed,
        (SELECT coalesce(sum(c.xp), 0)::bigint FROM breath.challenge_claims c
          WHERE c.account_id = \(viewer.account) AND c.local_date = progress.today) AS claimed_xp,
        s.longest_ms, s.minutes
      FROM (
        SELECT max(s.counted_ms) AS longest_ms, array_agg(s.local_minute) AS minutes
        FROM breath.sessions s
        WHERE s.account_id = \(viewer.account) AND s.local_date = progress.today AND s.counts
      ) AS s
      WHERE NOT (\(isKnown))
      """
    } content: { row in
      try ClaimsToday(row)
    }
  }
}

extension JSON {
  package init(_ today: ChallengesToday) {
    self = [
      "date": JSON(today.date), "level": JSON(today.level),
      "challenges": .array(
        today.challenges.map { item in
          [
            "id": .string(item.challenge.id), "type": .string(item.challenge.kind.rawValue),
            "target": .integer(item.target), "done": .integer(item.done), "rewardXP": JSON(item.challenge.rewardXP),
            "title": .string(item.challenge.title), "complete": .bool(item.isComplete),
            "claimed": .bool(item.isClaimed),
          ]
        }),
    ]
  }
}
