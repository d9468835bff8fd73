package import struct FoundationEssentials.Date

/// An instant in whole milliseconds since 1970-01-01T00:00:00Z, which is all JavaScript has.
package struct Timestamp: Hashable, Comparable, Sendable {
  package let milliseconds: Int64

  package init(milliseconds: Int64) { self.milliseconds = milliseconds }

  package init(_ date: Date) { milliseconds = Int64((date.timeIntervalSince1970 * 1000).rounded()) }

  package var date: Date { Date(timeIntervalSince1970: Double(milliseconds) / 1000) }

  package static func < (a: Timestamp, b: Timestamp) -> Bool { a.milliseconds < b.milliseconds }

  /// Reads RFC 3339, `2025-08-27T14:02:11.345Z` or with an offset; 0 to 9 digits of fraction, cut to
  /// milliseconds. Years 1 to 9999, in UTC too: what it prints can be read again, here and by PostgreSQL.
  package init?(_ text: String) {
    var scanner = Scanner(utf8: Array(text.utf8))
    guard let year = scanner.digits(4), scanner.take("-"), let month = scanner.digits(2), scanner.take("-"),
      let day = scanner.digits(2), scanner.take("T") || scanner.take("t"),
      let hour = scanner.digits(2), scanner.take(":"), let minute = scanner.digits(2), scanner.take(":"),
      let second = scanner.digits(2), let fraction = scanner.fractionMs(), let offset = scanner.offsetMinutes(),
      scanner.isAtEnd, let date = LocalDate(year: year, month: month, day: day),
      hour < 24, minute < 60, second <= 60
    else { return nil }
    let minutes = Int64(date.daysSince1970) * 1440 + Int64(hour * 60 + minute - offset)
    milliseconds = (minutes * 60 + Int64(min(second, 59))) * 1000 + Int64(fraction)
    guard Timestamp.readable.contains(milliseconds) else { return nil }
  }

  /// 0001-01-01T00:00:00.000Z to 9999-12-31T23:59:59.999Z.
  private static let readable: ClosedRange<Int64> = -62_135_596_800_000...253_402_300_799_999

  /// The nearest one that can be read again.
  package var writable: Timestamp {
    Timestamp(milliseconds: min(max(milliseconds, Timestamp.readable.lowerBound), Timestamp.readable.upperBound))
  }
}

extension Timestamp: CustomStringConvertible {
  private static let dayMs: Int64 = 86_400_000

  /// The calendar date in UTC.
  package var utcDate: LocalDate {
    LocalDate(
      daysSince1970: Int(milliseconds / Timestamp.dayMs - (milliseconds % Timestamp.dayMs < 0 ? 1 : 0)))
  }

  /// `2025-08-27T14:02:11.345Z`, as JavaScript's `toISOString()`.
  package var description: String {
    let ofDay = Int((milliseconds % Timestamp.dayMs + Timestamp.dayMs) % Timestamp.dayMs)
    let clock = [ofDay / 3_600_000, ofDay / 60_000 % 60, ofDay / 1000 % 60].map { padded($0, to: 2) }
    return "\(utcDate)T\(clock.joined(separator: ":")).\(padded(ofDay % 1000, to: 3))Z"
  }
}

/// Reads the fixed-width pieces of RFC 3339. By hand because it runs twice a session and the library's parser,
/// which also wants to be told beforehand whether there is a fraction, takes a hundred times as long.
private struct Scanner {
  let utf8: [UInt8]
  var at = 0

  var isAtEnd: Bool { at == utf8.count }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard at < utf8.count, utf8[at] == UInt8(ascii: character) else { return false }
    at += 1
    return true
  }

  mutating func digit() -> Int? {
    guard at < utf8.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(utf8[at]) else { return nil }
    defer { at += 1 }
    return Int(utf8[at] - UInt8(ascii: "0"))
  }

  mutating func digits(_ count: Int) -> Int? {
    var value = 0
    for _ in 0..<count {
      guard let digit = digit() else { return nil }
      value = value * 10 + digit
    }
    return value
  }

  /// 0 without a fraction; nil when it has no digit or more than nine.
  mutating func fractionMs() -> Int? {
    guard take(".") else { return 0 }
    var value = 0
    var count = 0
    while let digit = digit() {
      if count < 3 { value = value * 10 + digit }
      count += 1
    }
    guard (1...9).contains(count) else { return nil }
    return count == 1 ? value * 100 : count == 2 ? value * 10 : value
  }

  mutating func offsetMinutes() -> Int? {
    if take("Z") || take("z") { return 0 }
    let sign = take("+") ? 1 : take("-") ? -1 : 0
    guard sign != 0, let hours = digits(2), take(":"), let minutes = digits(2), hours < 24, minutes < 60
    else { return nil }
    return sign * (hours * 60 + minutes)
  }
}
