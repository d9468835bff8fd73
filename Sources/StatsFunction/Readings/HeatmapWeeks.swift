import BreathDomain
import Practice
import StrictJSON

/// `/heatmap`: 53 weeks, the last of them this one.
package struct HeatmapWeeks {
  let today: LocalDate
  let weekStart: Int
  /// Whole weeks, so that it ends with days that have not come yet.
  let dates: ClosedRange<LocalDate>
  let history: DayHistory
  /// What has passed of them.
  let totals: PeriodTotals

  static let count = 53

  static var reading: Reading<HeatmapWeeks> {
    Reading("heatmap", .days(.back(count * 7)), value: HeatmapWeeks.init)
  }

  private init(_ progress: Progress, _ history: DayHistory) {
    (today, weekStart, self.history) = (progress.today, progress.weekStart, history)
    let week = Period.week.dates(around: today, weekStart: weekStart)
    dates = week.lowerBound.adding(days: -7 * (HeatmapWeeks.count - 1))...week.upperBound
    totals = history.totals(dates.lowerBound...today)
  }

  /// The days of each week; nil for one that has not come yet.
  var weeks: [(from: LocalDate, days: [DayTotal?])] {
    (0..<HeatmapWeeks.count).map { week in
      let first = dates.lowerBound.adding(days: 7 * week)
      let days = (0..<7).map { first.adding(days: $0) }
      return (first, days.map { $0 > today ? nil : history[$0] })
    }
  }

  /// Whole minutes from which a day has the next shade.
  static let steps: [Int64] = [1, 5, 10, 20]

  /// 0 to 4. A day with practice of less than a minute is a day with practice.
  static func shade(of day: DayTotal) -> Int64 {
    guard day.sessions > 0 || day.activeMs > 0 else { return 0 }
    return Int64(max(1, steps.count { day.activeMs >= $0 * 60_000 }))
  }
}

extension JSON {
  package init(_ heatmap: HeatmapWeeks) {
    let weeks = heatmap.weeks.map { week -> JSON in
      func column(_ value: (DayTotal) -> Int64) -> JSON {
        .array(week.days.map { day in day.map { .integer(value($0)) } ?? .null })
      }
      return [
        "from": JSON(week.from), "activeMs": column(\.activeMs), "sessions": column(\.sessions),
        "shade": column(HeatmapWeeks.shade),
      ]
    }
    self = [
      "asOf": JSON(heatmap.today), "weekStart": JSON(heatmap.weekStart), "from": JSON(heatmap.dates.lowerBound),
      "to": JSON(heatmap.dates.upperBound), "shadesFromMinutes": .array(HeatmapWeeks.steps.map(JSON.integer)),
      "weeks": .array(weeks), "totals": JSON(heatmap.totals),
    ]
  }
}
