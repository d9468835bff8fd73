package import BreathDomain
import StrictJSON

extension JSON {
  /// A period in the words that all views use for one.
  /// - Parameter before: what it is put beside, if anything.
  package init(_ totals: PeriodTotals, before: PeriodTotals? = nil) {
    var members: [(key: String, value: JSON)] = [
      ("from", JSON(totals.dates.lowerBound)), ("to", JSON(totals.dates.upperBound)),
      ("practisedDays", JSON(totals.practisedDays)), ("days", JSON(totals.dates.dayCount)),
      ("sessions", .integer(totals.sessions)), ("activeMs", .integer(totals.activeMs)),
      ("cycles", .integer(totals.cycles)), ("xp", .integer(totals.xp)),
      (
        "mean",
        [
          "activeMs": .integer(totals.meanActiveMs), "activeMsPractised": .integer(totals.meanActiveMsPractised),
        ]
      ),
      ("best", totals.best.map { JSON($0) } ?? .null),
    ]
    if let before { members.append(("before", JSON(before))) }
    self = .object(JSONObject(members))
  }

  package init(_ day: DayTotal) {
    self = [
      "date": JSON(day.date), "sessions": .integer(day.sessions), "activeMs": .integer(day.activeMs),
      "cycles": .integer(day.cycles), "xp": .integer(day.xp),
    ]
  }

  package init(_ date: LocalDate) { self = .string("\(date)") }
}
