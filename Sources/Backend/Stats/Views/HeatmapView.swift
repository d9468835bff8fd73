import BreathDomain
import FunctionRuntime
import StrictJSON

/// `/heatmap`: 53 weeks, the last of them this one. Days that have not come yet are null.
enum HeatmapView {
  static let weeks = 53
  /// Whole minutes from which a day has the next shade.
  static let steps: [Int64] = [1, 5, 10, 20]

  static func view(_ query: Query) -> View {
    View("heatmap", days: .back(weeks * 7)) { progress, history, _ in
      let dates = self.dates(progress)
      let weeks = (0..<weeks).map { week -> JSON in
        let first = dates.lowerBound.adding(days: 7 * week)
        let days = (0..<7).map { first.adding(days: $0) }
        func column(_ value: (DayTotal) -> Int64) -> JSON {
          .array(days.map { $0 > progress.today ? .null : .integer(value(history[$0])) })
        }
        return [
          "from": JSON(first), "activeMs": column(\.activeMs), "sessions": column(\.sessions),
          "shade": column { shade(of: $0) },
        ]
      }
      return [
        "asOf": JSON(progress.today), "weekStart": JSON(progress.weekStart), "from": JSON(dates.lowerBound),
        "to": JSON(dates.upperBound), "shadesFromMinutes": .array(steps.map(JSON.integer)), "weeks": .array(weeks),
        "totals": JSON(history.totals(dates.lowerBound...progress.today)),
      ]
    }
  }

  static func dates(_ progress: Progress) -> ClosedRange<LocalDate> {
    let week = Period.week.dates(around: progress.today, weekStart: progress.weekStart)
    return week.lowerBound.adding(days: -7 * (weeks - 1))...week.upperBound
  }

  /// 0 to 4. A day with practice of less than a minute is a day with practice.
  static func shade(of day: DayTotal) -> Int64 {
    guard day.sessions > 0 || day.activeMs > 0 else { return 0 }
    return Int64(max(1, steps.count { day.activeMs >= $0 * 60_000 }))
  }
}
