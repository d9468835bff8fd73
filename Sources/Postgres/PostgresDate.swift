/// A `date`: a day of the proleptic Gregorian calendar, without time zone.
package struct PostgresDate: Sendable, Hashable, Comparable {
  /// Days since 2000-01-01.
  package let days: Int32

  package init(days: Int32) { self.days = days }

  package static func < (a: PostgresDate, b: PostgresDate) -> Bool { a.days < b.days }
}

extension PostgresDate: LosslessStringConvertible, CustomStringConvertible {
  /// Days from 1970-01-01 to 2000-01-01.
  private static let unixDays = 10_957

  /// - Parameter text: exactly `yyyy-MM-dd`, a day that exists, years 0001 to 9999; nil otherwise.
  package init?(_ text: String) {
    let fields = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    guard fields.map(\.count) == [4, 2, 2] else { return nil }
    let numbers = fields.compactMap(Self.number)
    guard numbers.count == 3, numbers[0] > 0 else { return nil }
    self.init(year: numbers[0], month: numbers[1], day: numbers[2])
    guard description == text else { return nil }  // 31 February came out as a day of March
  }

  /// `yyyy-MM-dd`, as PostgreSQL prints a year of four digits.
  package var description: String {
    let (year, month, day) = civil
    return "\(Self.padded(year, to: 4))-\(Self.padded(month, to: 2))-\(Self.padded(day, to: 2))"
  }

  private static func number(_ digits: Substring.UTF8View) -> Int? {
    guard digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
    return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
  }

  private static func padded(_ number: Int, to width: Int) -> String {
    let digits = String(number.magnitude)
    return (number < 0 ? "-" : "") + String(repeating: "0", count: Swift.max(0, width - digits.count)) + digits
  }

  /// - Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`.
  private init(year: Int, month: Int, day: Int) {
    let shifted = month <= 2 ? year - 1 : year  // years begin in March: the leap day comes last
    let era = shifted.flooredQuotient(400)
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    self.init(days: Int32(era * 146_097 + dayOfEra - 719_468 - Self.unixDays))
  }

  /// - Source: the same, `civil_from_days`.
  private var civil: (year: Int, month: Int, day: Int) {
    let shifted = Int(days) + Self.unixDays + 719_468
    let era = shifted.flooredQuotient(146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    return (
      yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    )
  }
}

extension Int {
  fileprivate func flooredQuotient(_ divisor: Int) -> Int { (self >= 0 ? self : self - divisor + 1) / divisor }
}

extension PostgresDate: PostgresBindable {
  package static var postgresType: PostgresType { .date }
  package func encode(into encoder: inout PostgresEncoder) { encoder.append(days) }
}

/// `infinity` is refused as `valueOutOfRange`.
extension PostgresDate: PostgresDecodable {
  package static func reads(_ type: PostgresType) -> Bool { type == .date }
  package init(postgres bytes: Span<UInt8>, type: PostgresType) throws(PostgresError.Kind) {
    let days: Int32 = try bytes.integer()
    guard days != .max, days != .min else { throw .valueOutOfRange }
    self.init(days: days)
  }
}
