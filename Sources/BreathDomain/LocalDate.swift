/// A calendar date where the person is: no time, no zone. Kept as days since 1970-01-01.
///
/// PostgreSQL decides which local date an instant falls on (it has the zone rules); this type only counts,
/// prints and reads dates. Source of the arithmetic: Hinnant, "chrono-Compatible Low-Level Date Algorithms".
package struct LocalDate: Hashable, Comparable, Sendable {
  package let daysSince1970: Int

  package init(daysSince1970: Int) { self.daysSince1970 = daysSince1970 }

  /// - Returns: nil when there is no such day; years 1 to 9999.
  package init?(year: Int, month: Int, day: Int) {
    guard (1...9999).contains(year), (1...12).contains(month), (1...31).contains(day) else { return nil }
    daysSince1970 = LocalDate.daysSince1970(year, month, day)
    guard self.day == day else { return nil }
  }

  static func daysSince1970(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let shiftedYear = month > 2 ? year : year - 1
    let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// Reads `yyyy-MM-dd` and nothing else.
  package init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard text.utf8.count == 10, parts.count == 3, parts[0].utf8.count == 4, parts[1].utf8.count == 2,
      let year = number(parts[0]), let month = number(parts[1]), let day = number(parts[2])
    else { return nil }
    self.init(year: year, month: month, day: day)
  }

  /// 0001-01-01
  package static let first = LocalDate(daysSince1970: -719_162)

  /// 9999-12-31
  package static let last = LocalDate(daysSince1970: 2_932_896)

  package static func < (a: LocalDate, b: LocalDate) -> Bool { a.daysSince1970 < b.daysSince1970 }

  package func adding(days: Int) -> LocalDate { LocalDate(daysSince1970: daysSince1970 + days) }

  package func days(since other: LocalDate) -> Int { daysSince1970 - other.daysSince1970 }

  private var civil: (year: Int, month: Int, day: Int) {
    let shifted = daysSince1970 + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }

  package var year: Int { civil.year }
  package var month: Int { civil.month }
  package var day: Int { civil.day }

  /// 1 = Monday … 7 = Sunday (ISO 8601).
  package var isoWeekday: Int { ((daysSince1970 + 3) % 7 + 7) % 7 + 1 }
}

extension LocalDate: CustomStringConvertible {
  /// `yyyy-MM-dd`
  package var description: String {
    let (year, month, day) = civil
    return "\(padded(year, to: 4))-\(padded(month, to: 2))-\(padded(day, to: 2))"
  }

  /// The extension's own form, JavaScript's `toDateString()`: `Fri Aug 29 2025`.
  package var javaScriptDateString: String {
    let (year, month, day) = civil
    let names = "\(LocalDate.weekdays[isoWeekday - 1]) \(LocalDate.months[month - 1])"
    return "\(names) \(padded(day, to: 2)) \(padded(year, to: 4))"
  }

  /// Reads `Fri Aug 29 2025`. The weekday is not checked: the rest says which day it was.
  package init?(javaScriptDateString text: String) {
    let parts = text.split(separator: " ")
    guard parts.count == 4, let month = LocalDate.months.firstIndex(of: String(parts[1])),
      let day = number(parts[2]), let year = number(parts[3])
    else { return nil }
    self.init(year: year, month: month + 1, day: day)
  }

  private static let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
}

/// ASCII digits only: `Int` alone would read a sign as well.
private func number(_ text: Substring) -> Int? {
  text.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains) ? Int(text) : nil
}

func padded(_ number: Int, to width: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
