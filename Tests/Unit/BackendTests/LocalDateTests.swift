import Backend
import BreathDomain
import Postgres
import Testing

@Suite struct LocalDateTests {
  private static let dates = ["0001-01-01", "1969-12-31", "1999-12-31", "2000-01-01", "2024-02-29", "9999-12-31"]

  @Test(arguments: dates)
  func `a local date is the server's date, both ways`(text: String) throws {
    let date = try #require(LocalDate(text))
    let statement: SQL = "SELECT \(date)::text AS text, \(text)::text::date AS date, \([date, date]) AS dates"
    let read: (String, LocalDate, [LocalDate]) = try Database.connect().run(
      Pipeline(statement, row: { row in (try row["text"], try row["date"], try row["dates"]) }))
    #expect(read == (text, date, [date, date]))
  }
}
