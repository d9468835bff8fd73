import BreathDomain
import Foundation
import Testing

struct LocalDateTests {
  private static let first = -719_162  // 0001-01-01
  private static let last = 2_932_896  // 9999-12-31

  @Test(arguments: [
    ("1970-01-01", 0, 4, "Thu Jan 01 1970"), ("1969-12-31", -1, 3, "Wed Dec 31 1969"),
    ("2025-08-29", 20_329, 5, "Fri Aug 29 2025"), ("2000-02-29", 11_016, 2, "Tue Feb 29 2000"),
    ("0001-01-01", -719_162, 1, "Mon Jan 01 0001"), ("9999-12-31", 2_932_896, 5, "Fri Dec 31 9999"),
  ])
  func `a date has its day number, weekday and extension form`(
    text: String, days: Int, weekday: Int, javaScript: String
  ) throws {
    let date = try date(text)
    #expect(date.daysSince1970 == days && date.isoWeekday == weekday)
    #expect(date.description == text && date.javaScriptDateString == javaScript)
    #expect(LocalDate(javaScriptDateString: javaScript) == date)
  }

  @Test(arguments: [
    "", "2025-8-29", "2025-08-9", "25-08-29", "202-08-029", "20250-8-29", "2025-08-29 ", "2025/08/29", "20250829",
    "2025-08-29T00:00:00Z",
    "2025-02-29", "1900-02-29", "2100-02-29", "2025-04-31", "2025-00-10", "2025-13-10", "2025-10-00", "2025-10-32",
    "0000-01-01", "+025-08-29", "2025-+8-29", "2025-08-+9", "-025-08-29", "10000-1-01", "2025-0a-29", "２025-08-29",
  ])
  func `what is no date is refused`(text: String) { #expect(LocalDate(text) == nil) }

  @Test(arguments: [
    "", "Fri Aug 29", "Fri August 29 2025", "Fri aug 29 2025", "Fri Aug 32 2025", "Fri Feb 30 2025",
    "Fri Aug -9 2025", "Fri Aug +9 2025", "Fri Aug 29 0", "Fri Aug 29 10000", "Fri Aug x 2025", "2025-08-29",
    "Fri Aug 9223372036854775807 2025", "Fri Aug 29 9223372036854775807", "Fri Aug 99999999999999999999 2025",
  ])
  func `what the extension never writes is refused`(text: String) {
    #expect(LocalDate(javaScriptDateString: text) == nil)
  }

  @Test func `a day of any size is refused, not an overflow`() {
    #expect(LocalDate(year: 2025, month: 1, day: .max) == nil)
    #expect(LocalDate(year: 2025, month: 1, day: .min) == nil)
    #expect(LocalDate(year: .max, month: 1, day: 1) == nil)
    #expect(LocalDate(year: 2025, month: .max, day: 1) == nil)
  }

  @Test func `dates are ordered and counted by days`() throws {
    let (leapDay, march) = (try date("2024-02-29"), try date("2024-03-01"))
    #expect(leapDay < march)
    #expect(march.days(since: leapDay) == 1 && leapDay.days(since: march) == -1)
    #expect(leapDay.adding(days: 366).description == "2025-03-01")
    #expect(march.adding(days: -1) == leapDay)
  }

  /// The reference turns the pages of a calendar: months by the old rhyme, leap years by Gregory's rule.
  @Test func `every day of the years 1 to 9999 has its civil date`() {
    var (days, wrong) = (LocalDateTests.first, 0)
    for year in 1...9999 {
      let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      for (month, length) in zip(1..., [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]) {
        for day in 1...length {
          if LocalDate(year: year, month: month, day: day)?.daysSince1970 != days { wrong += 1 }
          days += 1
        }
        if LocalDate(year: year, month: month, day: length + 1) != nil { wrong += 1 }
      }
    }
    #expect(wrong == 0)
    #expect(days == LocalDateTests.last + 1)
  }

  @Test func `dates read back from what they print`() {
    let wrong = stride(from: LocalDateTests.first, through: LocalDateTests.last, by: 37).filter {
      let date = LocalDate(daysSince1970: $0)
      return LocalDate(date.description) != date || LocalDate(javaScriptDateString: date.javaScriptDateString) != date
        || LocalDate(year: date.year, month: date.month, day: date.day) != date
    }
    #expect(wrong.isEmpty)
  }

  @Test func `dates agree with Foundation's calendar`() throws {
    var calendar = Calendar(identifier: .iso8601)
    calendar.timeZone = .gmt
    let wrong = stride(from: try date("1583-01-01").daysSince1970, through: LocalDateTests.last, by: 211).filter {
      let parts = calendar.dateComponents(
        [.year, .month, .day, .weekday], from: Date(timeIntervalSince1970: Double($0) * 86_400))
      let date = LocalDate(daysSince1970: $0)
      return parts.year != date.year || parts.month != date.month || parts.day != date.day
        || parts.weekday != date.isoWeekday % 7 + 1
    }
    #expect(wrong.isEmpty)
  }

  @Test func `weekdays follow one another`() {
    for days in -10...10 {
      let (date, next) = (LocalDate(daysSince1970: days), LocalDate(daysSince1970: days + 1))
      #expect(next.isoWeekday == date.isoWeekday % 7 + 1)
    }
  }
}
