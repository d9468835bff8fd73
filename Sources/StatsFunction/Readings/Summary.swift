import BreathDomain
import Practice
import StrictJSON

/// `/summary`: where a person stands, and today, this week, month and year beside as much of the one before.
package struct Summary {
  let progress: Progress
  let today, week, month, year: Comparison
  let last7Days, last30Days, all: PeriodTotals

  struct Comparison {
    let totals, before: PeriodTotals
  }

  static var reading: Reading<Summary> { Reading("summary", .days(.all), value: Summary.init) }

  private init(_ progress: Progress, _ history: DayHistory) {
    self.progress = progress
    let today = progress.today
    let yesterday = today.adding(days: -1)
    self.today = Comparison(totals: history.totals(today...today), before: history.totals(yesterday...yesterday))
    week = Comparison(.week, progress, history)
    month = Comparison(.month, progress, history)
    year = Comparison(.year, progress, history)
    last7Days = history.totals(today.adding(days: -6)...today)
    last30Days = history.totals(today.adding(days: -29)...today)
    all = history.totals(Span.all.dates(progress, first: history.days.first?.date))
  }
}

extension Summary.Comparison {
  /// What has passed of the period, beside as much of the one before.
  fileprivate init(_ period: Period, _ progress: Progress, _ history: DayHistory) {
    let whole = period.dates(around: progress.today, weekStart: progress.weekStart)
    let before = period.before(whole, upTo: progress.today, weekStart: progress.weekStart)
    self.init(totals: history.totals(whole.lowerBound...progress.today), before: history.totals(before))
  }
}

extension JSON {
  package init(_ summary: Summary) {
    let progress = summary.progress
    self = [
      "asOf": JSON(progress.today), "detail": .string(progress.detail.rawValue), "weekStart": JSON(progress.weekStart),
      "progress": progress.json, "cycles": .integer(progress.cycles), "today": JSON(summary.today),
      "week": JSON(summary.week), "month": JSON(summary.month), "year": JSON(summary.year),
      "last7Days": JSON(summary.last7Days), "last30Days": JSON(summary.last30Days), "all": JSON(summary.all),
    ]
  }

  private init(_ comparison: Summary.Comparison) { self.init(comparison.totals, before: comparison.before) }
}
