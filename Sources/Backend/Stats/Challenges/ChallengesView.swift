import BreathDomain
import Crypto
import FunctionRuntime
import Postgres
import StrictJSON

/// `/challenges/today`: a few things to practise, the same on every machine, without a clock that runs out.
enum ChallengesView {
  static func view(_ query: Query) -> View {
    var view = View("challenges", days: .back(1), other: known) { progress, history, row in
      let day = history[progress.today]
      let state = try State(row, day, clockMinute: progress.clockMinute)
      let level = state.level(progress).level.number
      return [
        "date": JSON(progress.today), "level": JSON(level),
        "challenges": .array(
          DailyChallenge.all(on: progress.today, level: level).map { challenge in
            let (done, target) = state.progress(of: challenge)
            return [
              "id": .string(challenge.id), "type": .string(challenge.kind.rawValue), "target": .integer(target),
              "done": .integer(min(done, target)), "rewardXP": JSON(challenge.rewardXP),
              "title": .string(challenge.title), "complete": .bool(done >= target),
              "claimed": .bool(state.claimed.contains(challenge.id)),
            ]
          }),
      ]
    }
    // Morning, day and evening: what can be claimed changes with them.
    view.moment = "(\(View.day) * 3 + (progress.clock_minute >= 720)::int + (progress.clock_minute >= 1080)::int)"
    return view
  }

  private static func known(_ viewer: Viewer, _ isKnown: SQL) -> SQL {
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
  }

  /// What of the day's challenges is there already.
  private struct State {
    let claimed: [String]
    private let claimedXP, longestMs: Int64
    private let minutes: [Int16]
    private let day: DayTotal
    private let clockMinute: Int

    init(_ row: Row, _ day: DayTotal, clockMinute: Int) throws(PostgresError) {
      claimed = try row["claimed"] ?? []
      claimedXP = try row["claimed_xp"] ?? 0
      longestMs = try row["longest_ms"] ?? 0
      minutes = try row["minutes"] ?? []
      (self.day, self.clockMinute) = (day, clockMinute)
    }

    /// The level when the day began, so that practising does not exchange the day's challenges.
    func level(_ progress: Progress) -> LevelProgress {
      LevelProgress(totalXP: max(0, progress.totalXP - day.xp - claimedXP))
    }

    func progress(of challenge: DailyChallenge) -> (done: Int64, target: Int64) {
      let target = Int64(challenge.target)
      guard day.sessions > 0 else { return (0, target) }
      switch challenge.kind {
      case .cycles: return (day.cycles, target)
      case .minutes: return (day.activeMs / 60_000, target)
      // Where single sessions are not shared, one is at least as long as their mean.
      case .deepSession: return (max(longestMs, day.activeMs / day.sessions) / 60_000, target)
      case .morningBreath, .eveningFlow:
        let asked = challenge.requirement.minutes
        let isThere = asked.contains(clockMinute) || minutes.contains { asked.contains(Int($0)) }
        return (isThere ? 1 : 0, target)
      case .streak: return (1, target)
      }
    }
  }
}

extension DailyChallenge {
  /// Drawn by HMAC of the date and the level's band. The key is no secret: whoever computes tomorrow's challenges has
  /// gained nothing, and an editor can show them offline (docs/stats.md).
  static func all(on date: LocalDate, level: Int) -> [DailyChallenge] {
    let key = SymmetricKey(data: Array("breath-master daily challenges 1".utf8))
    let code = HMAC<SHA256>.authenticationCode(for: Array("\(date) \(band(of: level))".utf8), using: key)
    return all(on: date, level: level, drawn: Array(Array(code).prefix(bytesDrawn)))
  }

  var title: String {
    switch kind {
    case .cycles: "Breathe \(target) cycles"
    case .minutes: "Breathe for \(target) minutes in all"
    case .deepSession: "One session of \(target) minutes"
    case .morningBreath: "A session before noon"
    case .eveningFlow: "A session in the evening"
    case .streak: "A session today"
    }
  }
}
