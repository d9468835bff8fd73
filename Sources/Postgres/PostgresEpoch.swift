internal import struct FoundationEssentials.Date

/// PostgreSQL counts time from 2000-01-01 00:00 UTC, `Date` from 2001, its initializers from 1970.
enum PostgresEpoch {
  /// 2000 was a leap year: 366 days.
  private static let secondsToReferenceDate: Int64 = 366 * 86_400
  private static let secondsFromUnixEpoch: Int64 = 946_684_800
  private static let microsecondsPerSecond: Int64 = 1_000_000
  /// 294277-01-01, the first day PostgreSQL cannot store, in seconds since 2001.
  private static let secondsMax = 9_223_339_708_800.0
  /// 4714-11-24 BC, the first day it can.
  private static let secondsMin = -211_845_110_400.0

  /// nil when PostgreSQL has no such time.
  static func microseconds(of date: Date) -> Int64? {
    let time = date.timeIntervalSinceReferenceDate
    guard time >= secondsMin, time < secondsMax else { return nil }
    let seconds = time.rounded(.down)
    let fraction = ((time - seconds) * Double(microsecondsPerSecond)).rounded()
    return (Int64(seconds) + secondsToReferenceDate) * microsecondsPerSecond + Int64(fraction)
  }

  /// The `Date` nearest to it, as dividing a count since 1970 gives it: a time of whole milliseconds comes back
  /// equal to what a client's `Date` was made of.
  /// - Returns: nil for `infinity`, `-infinity` and years past 294246, which do not fit.
  static func date(microseconds: Int64) -> Date? {
    let (sinceUnixEpoch, overflows) = microseconds.addingReportingOverflow(
      secondsFromUnixEpoch * microsecondsPerSecond)
    guard !overflows, microseconds != .min else { return nil }
    return Date(timeIntervalSince1970: Double(sinceUnixEpoch) / Double(microsecondsPerSecond))
  }
}
