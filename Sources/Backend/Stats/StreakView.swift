import BreathDomain
import StrictJSON

/// `/streak`: the number, and for each recent day why it is part of it or not.
enum StreakView {
  /// The current run is explained whole up to this; otherwise as many days back from today.
  private static let daysExplainedMax = 366, daysExplainedMin = 30

  static func json(_ progress: Progress) -> JSON {
    let streak = progress.streak
    let begin = streak.current?.lowerBound ?? progress.today
    let length = min(daysExplainedMax, max(daysExplainedMin, progress.today.days(since: begin) + 2))
    let days = (0..<length).map { progress.today.adding(days: -$0) }
    return [
      "streak": progress.streakJSON, "activeDays": JSON(progress.dates.count),
      "rulesVersion": JSON(Streak.rulesVersion), "asOf": .string("\(progress.today)"),
      "current": streak.current.map(run) ?? .null,
      "longestRuns": .array(longest(progress.dates).map(run)),
      "days": .array(
        days.map { date in
          let reason = Streak.reason(for: date, in: progress.dates, today: progress.today)
          return ["date": .string("\(date)"), "reason": .string(reason.rawValue)]
        }),
    ]
  }

  /// The three longest runs, the latest first of equals.
  private static func longest(_ dates: PracticeDates) -> [ClosedRange<LocalDate>] {
    Array(dates.runs.sorted { ($0.dayCount, $0.lowerBound) > ($1.dayCount, $1.lowerBound) }.prefix(3))
  }

  private static func run(_ run: ClosedRange<LocalDate>) -> JSON {
    ["from": .string("\(run.lowerBound)"), "to": .string("\(run.upperBound)"), "days": JSON(run.dayCount)]
  }
}
