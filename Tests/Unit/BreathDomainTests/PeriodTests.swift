import BreathDomain
import TestSupport
import Testing

@Suite struct PeriodTests {
  private func date(_ text: String) throws -> LocalDate { try #require(LocalDate(text)) }

  @Test(arguments: [
    (Period.week, 1, "2026-11-24", "2026-11-23", "2026-11-29"), (.week, 7, "2026-11-24", "2026-11-22", "2026-11-28"),
    (.week, 2, "2026-11-24", "2026-11-24", "2026-11-30"), (.week, 1, "2027-01-01", "2026-12-28", "2027-01-03"),
    (.month, 1, "2024-02-10", "2024-02-01", "2024-02-29"), (.month, 1, "2026-12-31", "2026-12-01", "2026-12-31"),
    (.year, 1, "2024-02-29", "2024-01-01", "2024-12-31"), (.year, 1, "0001-05-05", "0001-01-01", "0001-12-31"),
  ])
  func `a period has the days a calendar gives it`(
    period: Period, weekStart: Int, day: String, first: String, last: String
  ) throws {
    let dates = period.dates(around: try date(day), weekStart: weekStart)
    #expect("\(dates.lowerBound)" == first && "\(dates.upperBound)" == last)
  }

  @Test(arguments: [
    (Period.week, "2026-11-25", "2026-11-16", "2026-11-18"), (.month, "2026-03-31", "2026-02-01", "2026-02-28"),
    (.month, "2026-11-24", "2026-10-01", "2026-10-24"), (.year, "2024-03-01", "2023-01-01", "2023-03-02"),
    (.year, "2024-12-31", "2023-01-01", "2023-12-31"),
  ])
  func `like is compared with like`(period: Period, today: String, first: String, last: String) throws {
    let whole = period.dates(around: try date(today), weekStart: 1)
    let before = period.before(whole, upTo: try date(today), weekStart: 1)
    #expect("\(before.lowerBound)" == first && "\(before.upperBound)" == last)
  }

  @Test func `every day is in exactly one period of each kind`() {
    var random = Seeded(3)
    for _ in 0..<2000 {
      let day = LocalDate(daysSince1970: Int(random.number(-700_000...2_900_000)))
      let weekStart = Int(random.number(1...7))
      for period in Period.allCases {
        let dates = period.dates(around: day, weekStart: weekStart)
        #expect(dates.contains(day))
        #expect(period.dates(around: dates.lowerBound, weekStart: weekStart) == dates)
        #expect(period.dates(around: dates.upperBound, weekStart: weekStart) == dates)
        let next = period.dates(around: dates.upperBound.adding(days: 1), weekStart: weekStart)
        #expect(next.lowerBound == dates.upperBound.adding(days: 1))
      }
    }
  }
}
