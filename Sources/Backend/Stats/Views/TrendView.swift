import BreathDomain
import FunctionRuntime
import StrictJSON

/// `/trend`: each day with the means of 7 and 28 days up to it.
enum TrendView {
  /// What the mean of the first day looks back on.
  private static let lead = 27
  private static let daysMax = 731

  static func view(_ query: Query) throws -> View {
    let span = try Span(query, default: .last(90), daysMax: daysMax)
    return View("trend", days: View.Days(span, and: lead)) { progress, history, _ in
      let whole = span.dates(progress, first: history.days.first?.date)
      let dates = max(whole.lowerBound, whole.upperBound.adding(days: 1 - daysMax))...whole.upperBound
      return [
        "from": JSON(dates.lowerBound), "to": JSON(dates.upperBound),
        "points": .array(
          RollingMeans.points(dates, of: history).map { point in
            [
              "date": JSON(point.date), "activeMs": .integer(point.activeMs), "mean7": .integer(point.mean7),
              "mean28": .integer(point.mean28),
            ]
          }),
      ]
    }
  }
}
