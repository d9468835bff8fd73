import BreathDomain
import FunctionRuntime
import StrictJSON

/// `/records`: the most there was, to be looked at and not to be beaten.
enum RecordsView {
  static func view(_ query: Query) -> View {
    View("records", days: .all) { progress, history, _ in
      let records = Records(history, weekStart: progress.weekStart)
      let streak = progress.streak
      return [
        "asOf": JSON(progress.today), "firstPractised": records.firstPractised.map { JSON($0) } ?? .null,
        "day": ["byTime": day(records.mostActiveDay), "bySessions": day(records.mostSessionsDay)],
        "week": records.mostActiveWeek.map { JSON($0) } ?? .null,
        "month": records.mostActiveMonth.map { JSON($0) } ?? .null,
        "streak": streak.longestRuns(1).first.map { JSON($0) } ?? .null,
      ]
    }
  }

  private static func day(_ day: DayTotal?) -> JSON { day.map { JSON($0) } ?? .null }
}
