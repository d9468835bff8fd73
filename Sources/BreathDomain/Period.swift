/// A stretch of the calendar that has a name: what a person means by "this week".
package enum Period: String, Sendable, CaseIterable {
  case week, month, year

  /// The period that `date` is in, whole.
  /// - Parameter weekStart: ISO 8601 number of the day that a week begins with.
  package func dates(around date: LocalDate, weekStart: Int) -> ClosedRange<LocalDate> {
    switch self {
    case .week:
      let first = date.adding(days: -((date.isoWeekday - weekStart + 7) % 7))
      return first...first.adding(days: 6)
    case .month:
      let first = date.adding(days: 1 - date.day)
      let next = first.adding(days: 31)
      return first...next.adding(days: -next.day)
    case .year:
      let (first, last) = (LocalDate.daysSince1970(date.year, 1, 1), LocalDate.daysSince1970(date.year, 12, 31))
      return LocalDate(daysSince1970: first)...LocalDate(daysSince1970: last)
    }
  }

  /// As many days of the period before as have passed of this one, so that like is compared with like: Monday to Wednesday
  /// with Monday to Wednesday. A shorter month before gives all its days.
  package func before(_ dates: ClosedRange<LocalDate>, upTo date: LocalDate, weekStart: Int) -> ClosedRange<LocalDate> {
    let whole = self.dates(around: dates.lowerBound.adding(days: -1), weekStart: weekStart)
    let passed = date.days(since: dates.lowerBound)
    return whole.lowerBound...min(whole.upperBound, whole.lowerBound.adding(days: passed))
  }
}
