import BreathDomain
import FunctionRuntime
import StrictJSON

/// `/summary`: where a person stands, and today, this week, month and year beside as much of the one before.
enum SummaryView {
  static func view(_ query: Query) -> View {
    View("summary", days: .all) { progress, history, _ in
      let today = progress.today
      func last(_ days: Int) -> JSON { JSON(history.totals(today.adding(days: 1 - days)...today)) }
      return [
        "asOf": JSON(today), "detail": .string(progress.detail.rawValue), "weekStart": JSON(progress.weekStart),
        "progress": progress.json, "cycles": .integer(progress.cycles),
        "today": besides(today...today, before: today.adding(days: -1)...today.adding(days: -1), history),
        "week": period(.week, progress, history), "month": period(.month, progress, history),
        "year": period(.year, progress, history), "last7Days": last(7), "last30Days": last(30),
        "all": JSON(history.totals(Span.all.dates(progress, first: history.days.first?.date))),
      ]
    }
  }

  /// What has passed of the period, beside as much of the one before.
  private static func period(_ period: Period, _ progress: Progress, _ history: DayHistory) -> JSON {
    let whole = period.dates(around: progress.today, weekStart: progress.weekStart)
    let before = period.before(whole, upTo: progress.today, weekStart: progress.weekStart)
    return besides(whole.lowerBound...progress.today, before: before, history)
  }

  private static func besides(
    _ dates: ClosedRange<LocalDate>, before: ClosedRange<LocalDate>, _ history: DayHistory
  ) -> JSON {
    JSON(history.totals(dates), before: history.totals(before))
  }
}
