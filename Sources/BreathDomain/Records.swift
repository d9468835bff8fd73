/// The most a person did, to be looked at and not to be beaten.
package struct Records: Sendable {
  package let firstPractised: LocalDate?
  package let mostActiveDay, mostSessionsDay: DayTotal?
  /// Weeks and months by their dates, of equals the first.
  package let mostActiveWeek, mostActiveMonth: PeriodTotals?

  package init(_ history: DayHistory, weekStart: Int) {
    firstPractised = history.days.first { $0.sessions > 0 }?.date
    mostActiveDay = Records.most(history.days, by: \.activeMs)
    mostSessionsDay = Records.most(history.days, by: \.sessions)
    mostActiveWeek = Records.most(Records.totals(.week, of: history, weekStart), by: \.activeMs)
    mostActiveMonth = Records.most(Records.totals(.month, of: history, weekStart), by: \.activeMs)
  }

  /// The first of the largest; nil when none has any.
  private static func most<Total>(_ totals: [Total], by value: (Total) -> Int64) -> Total? {
    var best: Total?
    for total in totals where value(total) > (best.map(value) ?? 0) { best = total }
    return best
  }

  /// Each period with a day in it.
  private static func totals(_ period: Period, of history: DayHistory, _ weekStart: Int) -> [PeriodTotals] {
    var totals: [PeriodTotals] = []
    for day in history.days where totals.last.map({ $0.dates.upperBound < day.date }) ?? true {
      totals.append(history.totals(period.dates(around: day.date, weekStart: weekStart)))
    }
    return totals
  }
}
