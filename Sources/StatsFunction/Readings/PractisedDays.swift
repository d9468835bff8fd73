import BreathDomain
import FunctionRuntime
import Practice
import StrictJSON

/// `/days`: the totals of each local date with practice.
package struct PractisedDays {
  let dates: ClosedRange<LocalDate>
  let days: ArraySlice<DayTotal>
  let totals: PeriodTotals

  init(_ span: Span, _ progress: Progress, _ history: DayHistory) {
    dates = span.dates(progress, first: history.days.first?.date)
    (days, totals) = (history[dates], history.totals(dates))
  }

  static func reading(_ query: Query) throws -> Reading<PractisedDays> {
    let span = try Span(query, default: .last(30))
    return Reading("days", .days(DayHistory.Reach(span))) { progress, history in
      PractisedDays(span, progress, history)
    }
  }
}

extension JSON {
  package init(_ practised: PractisedDays) {
    self = [
      "from": JSON(practised.dates.lowerBound), "to": JSON(practised.dates.upperBound),
      "days": .array(practised.days.map { JSON($0) }), "totals": JSON(practised.totals),
    ]
  }
}
