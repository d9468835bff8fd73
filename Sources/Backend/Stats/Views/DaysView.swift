import BreathDomain
import FunctionRuntime
import StrictJSON

/// `/days`: the totals of each local date with practice.
enum DaysView {
  static func view(_ query: Query) throws -> View {
    let span = try Span(query, default: .last(30))
    return View("days", days: View.Days(span)) { progress, history, _ in
      let dates = span.dates(progress, first: history.days.first?.date)
      return [
        "from": JSON(dates.lowerBound), "to": JSON(dates.upperBound),
        "days": .array(history[dates].map { JSON($0) }), "totals": JSON(history.totals(dates)),
      ]
    }
  }
}
