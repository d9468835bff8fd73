package import BreathDomain
import FoundationEssentials
package import Postgres
package import StrictJSON

/// Where the person stands, over all devices: one row of sums kept by the pushes, judged by the domain's rules.
package struct Progress {
  let incarnation: UUID
  let accountVersion: Int64
  package let detail: Detail
  package let today: LocalDate
  /// On the clock of the place: minutes after midnight.
  package let clockMinute: Int
  package let dates: PracticeDates
  package let plans: PlanHistory
  /// ISO 8601 number of the day that the person's week begins with.
  package let weekStart: Int
  package let totalXP, awardedXP, sessions, activeMs, cycles: Int64
  package let reportedLongestStreak, reportedActiveMs, challengesCompleted: Int64
  package let digest: Digest

  package var level: LevelProgress { LevelProgress(totalXP: totalXP) }
  package var streak: Streak { Streak(dates, plans: plans, today: today) }
}

extension Progress {
  /// "Today" is the viewer's: its device's zone, less the person's day start. Account XP is what the devices come to
  /// together (`breath.totals`), and what challenges awarded.
  package static func query(for viewer: Viewer) -> SQL {
    """
    SELECT a.version, a.detail, a.digest_count, a.digest_high, a.digest_low, a.week_start, a.awarded_xp,
      (SELECT i.incarnation FROM breath.incarnations i ORDER BY i.begun_at DESC LIMIT 1) AS incarnation,
      \(LocalDate.today) AS today, d.time_zone AS zone,
      breath.shown_zone(d.time_zone) AS shown_zone, a.day_start_minutes AS day_start,
      (extract(hour FROM clock_timestamp() AT TIME ZONE d.time_zone) * 60
        + extract(minute FROM clock_timestamp() AT TIME ZONE d.time_zone))::int AS clock_minute,
      ARRAY(SELECT lower(r) FROM unnest(a.practised) r) AS run_starts,
      ARRAY(SELECT upper(r) FROM unnest(a.practised) r) AS run_ends,
      \(PlanHistory.columns),
      t.xp, t.sessions, t.active_ms, t.cycles, t.longest_streak, t.reported_active_ms, t.challenges,
      d.reset_at, d.clock_offset_ms, a.login_since
    FROM breath.accounts a
    JOIN \(viewer.device) d ON d.account_id = a.account_id
    \(PlanHistory.join)
    CROSS JOIN breath.totals(\(viewer.account)) t
    WHERE a.account_id = \(viewer.account)
    """
  }

  package static func pipeline(for viewer: Viewer) -> Pipeline<Progress> {
    Pipeline(query(for: viewer), row: { row in try Progress(row) })
  }

  /// - Parameter row: with the columns of `query`.
  package init(_ row: Row) throws(PostgresError) {
    incarnation = try row["incarnation"]
    accountVersion = try row["version"]
    // What only a later version of the program knows shares least here.
    let detailName: String = try row["detail"]
    detail = Detail(rawValue: detailName) ?? .days
    today = try row["today"]
    let clock: Int32 = try row["clock_minute"]
    clockMinute = Int(clock)
    dates = try PracticeDates(row)
    plans = try PlanHistory(row)
    let weekday: Int16 = try row["week_start"]
    weekStart = Int(weekday)
    let devicesXP: Int64 = try row["xp"]
    awardedXP = try row["awarded_xp"]
    totalXP = devicesXP + awardedXP
    sessions = try row["sessions"]
    activeMs = try row["active_ms"]
    cycles = try row["cycles"]
    reportedLongestStreak = try row["longest_streak"]
    reportedActiveMs = try row["reported_active_ms"]
    challengesCompleted = try row["challenges"]
    digest = Digest(count: try row["digest_count"], high: try row["digest_high"], low: try row["digest_low"])
  }

  /// As a sync answers it (docs/sync.md), with the days practised and what the devices say of their own time.
  package var json: JSON {
    [
      "totalXP": .integer(totalXP), "level": JSON(level.level.number), "title": .string(level.level.title),
      "levelXP": .integer(level.levelXP), "levelSpanXP": .integer(level.levelSpanXP),
      "streak": streakJSON, "sessions": .integer(sessions), "activeDays": JSON(dates.count),
      "activeMs": .integer(activeMs), "reportedActiveMs": .integer(reportedActiveMs),
      "challengesCompleted": .integer(challengesCompleted), "awardedXP": .integer(awardedXP),
    ]
  }

  var streakJSON: JSON { JSON(streak, reported: reportedLongestStreak) }
}

extension PracticeDates {
  /// - Parameter row: with `run_starts` and `run_ends`, as a range's bounds: the first date of each run, and the first after it.
  package init(_ row: Row) throws(PostgresError) {
    let starts: [LocalDate] = try row["run_starts"]
    let ends: [LocalDate] = try row["run_ends"]
    self.init(runs: zip(starts, ends).map { $0...$1.adding(days: -1) })
  }
}

extension JSON {
  /// - Parameter reported: the longest streak that a device told of.
  package init(_ streak: Streak, reported: Int64) {
    self = [
      "days": JSON(streak.days), "longest": JSON(streak.longest), "reported": .integer(reported),
      "today": .string(streak.today.rawValue),
    ]
  }
}
