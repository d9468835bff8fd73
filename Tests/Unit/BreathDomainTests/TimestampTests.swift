import BreathDomain
import Foundation
import TestSupport
import Testing

struct TimestampTests {
  private static let first: Int64 = -62_135_596_800_000  // 0001-01-01T00:00:00.000Z
  private static let last: Int64 = 253_402_300_799_999  // 9999-12-31T23:59:59.999Z

  @Test(arguments: [
    ("1970-01-01T00:00:00.000Z", 0), ("1969-12-31T23:59:59.999Z", -1), ("1969-12-31T00:00:00.000Z", -86_400_000),
    ("2025-08-29T14:45:40.901Z", 1_756_478_740_901), ("0001-01-01T00:00:00.000Z", first),
    ("9999-12-31T23:59:59.999Z", last),
  ])
  func `a time prints as JavaScript prints it and reads back`(text: String, milliseconds: Int64) {
    #expect(Timestamp(milliseconds: milliseconds).description == text)
    #expect(Timestamp(text)?.milliseconds == milliseconds)
  }

  @Test(arguments: [
    ("2025-08-29T14:45:40+00:00", "2025-08-29T14:45:40.000Z"),
    ("2025-08-29t14:45:40z", "2025-08-29T14:45:40.000Z"),
    ("2025-08-29T14:45:40-00:00", "2025-08-29T14:45:40.000Z"),
    ("2025-08-29T14:45:40+02:00", "2025-08-29T12:45:40.000Z"),
    ("2025-08-29T14:45:40-06:00", "2025-08-29T20:45:40.000Z"),
    ("2025-08-29T00:15:00+05:45", "2025-08-28T18:30:00.000Z"),
    ("2025-12-31T23:30:00-00:45", "2026-01-01T00:15:00.000Z"),
    ("2025-08-29T14:45:40.9Z", "2025-08-29T14:45:40.900Z"),
    ("2025-08-29T14:45:40.09Z", "2025-08-29T14:45:40.090Z"),
    ("2025-08-29T14:45:40.0019Z", "2025-08-29T14:45:40.001Z"),
    ("2025-08-29T14:45:40.123456789+02:00", "2025-08-29T12:45:40.123Z"),
    ("2016-12-31T23:59:60.250Z", "2016-12-31T23:59:59.250Z"),
  ])
  func `offsets, short and long fractions and leap seconds are read`(text: String, utc: String) {
    #expect(Timestamp(text)?.description == utc)
  }

  @Test(arguments: [
    "", "2025-08-29", "2025-08-29T14:45Z", "2025-08-29 14:45:40Z", "2025-08-29T14:45:40", "2025-08-29T14:45:40.Z",
    "2025-08-29T14:45:40.1234567890Z", "2025-08-29T14:45:40,5Z", "2025-08-29T24:00:00Z", "2025-08-29T14:60:00Z",
    "2025-08-29T14:45:61Z", "2025-02-29T14:45:40Z", "2025-13-01T14:45:40Z", "0000-12-31T23:59:59Z",
    "2025-08-29T14:45:40+0200", "2025-08-29T14:45:40+2:00", "2025-08-29T14:45:40+24:00", "2025-08-29T14:45:40+02:60",
    "2025-08-29T14:45:40Z ", " 2025-08-29T14:45:40Z", "2025-8-29T14:45:40Z", "+2025-08-29T14:45:40Z",
    "10000-01-01T00:00:00Z", "2025-08-29T1a:45:40Z", "Fri Aug 29 2025", "1756478740901", "2025-08-29T14:45:40.5",
  ])
  func `what is no RFC 3339 time is refused`(text: String) { #expect(Timestamp(text) == nil) }

  @Test(arguments: ["0001-01-01T00:59:59.999+01:00", "9999-12-31T23:00:00.000-01:00"])
  func `an offset leads to no year that could not be read again`(text: String) { #expect(Timestamp(text) == nil) }

  @Test func `an offset may lead to the first and the last millisecond`() {
    #expect(Timestamp("0001-01-01T01:00:00+01:00")?.milliseconds == TimestampTests.first)
    #expect(Timestamp("9999-12-31T22:59:59.999-01:00")?.milliseconds == TimestampTests.last)
  }

  @Test(arguments: [
    (first - 1, "0000-12-31T23:59:59.999Z"), (last + 1, "10000-01-01T00:00:00.000Z"),
  ])
  func `beyond the years 1 to 9999 a time still prints`(milliseconds: Int64, text: String) {
    #expect(Timestamp(milliseconds: milliseconds).description == text)
  }

  @Test(arguments: [(Int64.min, "T16:47:04.192Z"), (.max, "T07:12:55.807Z")])
  func `no number of milliseconds overflows in print`(milliseconds: Int64, time: String) {
    #expect(Timestamp(milliseconds: milliseconds).description.hasSuffix(time))
  }

  @Test(arguments: UInt64(0)..<500)
  func `a time reads back from what it prints, in any zone`(seed: UInt64) throws {
    var random = Seeded(seed)
    let dayMs: Int64 = 86_400_000
    let time = Timestamp(milliseconds: random.number(TimestampTests.first + dayMs...TimestampTests.last - dayMs))
    #expect(Timestamp(time.description) == time)
    #expect(Timestamp(time.date) == time)

    let offset = random.number(-1439...1439)
    let local = Timestamp(milliseconds: time.milliseconds + offset * 60_000).description.dropLast()
    let digits = [abs(offset) / 60, abs(offset) % 60].map { ($0 < 10 ? "0" : "") + String($0) }
    #expect(Timestamp("\(local)\(offset < 0 ? "-" : "+")\(digits[0]):\(digits[1])") == time)
  }

  @Test(arguments: UInt64(0)..<500)
  func `whole seconds print as Foundation prints them`(seed: UInt64) {
    var random = Seeded(seed)
    let seconds = random.number(-12_000_000_000...TimestampTests.last / 1000)  // from 1589, past the Julian calendar
    let time = Timestamp(milliseconds: seconds * 1000)
    #expect(time.description.dropLast(5) + "Z" == time.date.formatted(.iso8601))
  }

  @Test(arguments: [(0.0014, 1), (0.0016, 2), (-0.0016, -2)] as [(Double, Int64)])
  func `a date is taken to the nearest millisecond`(seconds: Double, milliseconds: Int64) {
    #expect(Timestamp(Date(timeIntervalSince1970: seconds)).milliseconds == milliseconds)
  }

  @Test func `earlier is less`() {
    #expect(Timestamp(milliseconds: -1) < Timestamp(milliseconds: 0))
    #expect(!(Timestamp(milliseconds: 0) < Timestamp(milliseconds: 0)))
  }
}
