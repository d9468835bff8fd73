import BreathDomain

/// Numbers under dates: they need no language.
enum DateText {
  /// `11` for November; the year for January, so that it is seen which is which.
  static func month(_ date: LocalDate) -> String { date.month == 1 ? "\(date.year)" : "\(date.month)" }

  /// `11-24`
  static func day(_ date: LocalDate) -> String { String("\(date)".suffix(5)) }
}
