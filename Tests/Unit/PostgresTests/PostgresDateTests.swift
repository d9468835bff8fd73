import Postgres
import Testing

@Suite struct PostgresDateTests {
  @Test(arguments: [
    "", "2024", "2024-2-9", "2024-02-30", "2023-02-29", "2024-13-01", "2024-00-10", "2024-01-00", "2024-01-32",
    "0000-01-01", "12024-01-01", "-024-01-01", "2024/01/01", "2024-01-01 ", "２０２４-01-01", "20+4-01-01",
    "2024-01-01-01",
  ])
  func `only a day that exists is a date`(text: String) { #expect(PostgresDate(text) == nil) }

  @Test(arguments: [("2000-01-01", 0), ("1999-12-31", -1), ("2000-02-29", 59), ("1970-01-01", -10_957)])
  func `days count from the year 2000`(text: String, days: Int32) throws {
    let date = try #require(PostgresDate(text))
    #expect(date.days == days)
    #expect("\(date)" == text)
  }

  @Test func `dates are ordered by day`() throws {
    #expect(try #require(PostgresDate("2024-02-29")) < PostgresDate("2024-03-01")!)
  }

  @Test func `days before year one print with a sign`() {
    #expect(PostgresDate(days: -730_119 - 366).description == "0000-01-01")
    #expect(PostgresDate(days: -730_119 - 367).description == "-0001-12-31")
  }
}
