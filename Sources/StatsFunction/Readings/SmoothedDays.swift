import BreathDomain
import FunctionRuntime
import StrictJSON

/// `/trend`: each day with the means of 7 and 28 days up to it.
package struct SmoothedDays {
  let dates: ClosedRange<LocalDate>
  let points: [RollingMeans.Point]

  /// What the mean of the first day looks back on.
  private static let lead = 27
  private static let daysMax = 731

  static func reading(_ query: Query) throws -> Reading<SmoothedDays> {
    let span = try Span(query, default: .last(90), daysMax: daysMax)
    return Reading("trend", .days(DayHistory.Reach(span, and: lead))) { progress, history in
      let whole = span.dates(progress, first: history.days.first?.date)
      let dates = max(whole.lowerBound, whole.upperBound.adding(days: 1 - daysMax))...whole.upperBound
      return SmoothedDays(dates: dates, points: RollingMeans.points(dates, of: history))
    }
  }
}

extension JSON {
  package init(_ smoothed: SmoothedDays) {
    self = [
      "from": JSON(smoothed.dates.lowerBound), "to": JSON(smoothed.dates.upperBound),
      "points": .array(
        smoothed.points.map { point in
          [
            "date": JSON(point.date), "activeMs": .integer(point.activeMs), "mean7": .integer(point.mean7),
            "mean28": .integer(point.mean28),
          ]
        }),
    ]
  }
}
