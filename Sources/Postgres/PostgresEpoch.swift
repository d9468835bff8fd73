internal import struct FoundationEssentials.Date

/// PostgreSQL counts time from 2000-01-01 00:00 UTC, `Date` from 2001.
enum PostgresEpoch {
  /// 2000 was a leap year: 366 days.
  private static let secondsToReferenceDate: Int64 = 366 * 86_400
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

  /// nil for `infinity` and `-infinity`, which `Date` cannot say.
  static func date(microseconds: Int64) -> Date? {
    guard microseconds != .max, microseconds != .min else { return nil }
    let (seconds, fraction) = microseconds.quotientAndRemainder(dividingBy: microsecondsPerSecond)
    let time = Double(seconds - secondsToReferenceDate) + Double(fraction) / Double(microsecondsPerSecond)
    return Date(timeIntervalSinceReferenceDate: time)
  }
}
