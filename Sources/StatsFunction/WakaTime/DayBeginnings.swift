import BreathDomain
import FoundationEssentials
import Postgres

/// At which instants a person's days begin: in their zone, less the day start. PostgreSQL knows the zones.
struct DayBeginnings {
  let zone: String
  let askedAt: Date
  private let instants: [LocalDate: Date]

  /// What an answer depends on besides what has a version: where today begins tells the day and the day start.
  static let moment: SQL = """
    (extract(epoch FROM (progress.today + progress.day_start * interval '1 minute') AT TIME ZONE progress.zone) / 60)
    """

  init(_ row: Row) throws(PostgresError) {
    (zone, askedAt) = (try row["shown_zone"], try row["asked_at"])
    let dates: [LocalDate] = try row["begun_dates"] ?? []
    let beginnings: [Date] = try row["beginnings"] ?? []
    instants = Dictionary(zip(dates, beginnings)) { first, _ in first }
  }

  func start(of date: LocalDate) -> Date? { instants[date] }

  /// The last millisecond: WakaTime's ranges end before the next begins.
  func end(of date: LocalDate) -> Date? { instants[date.adding(days: 1)]?.addingTimeInterval(-0.001) }
}

extension Source<DayBeginnings> {
  /// Behind the source of the day totals.
  static func beginnings(of span: WakaTimeSpan) -> Source {
    Source(name: "beginnings") { _, isKnown in
      """
      SELECT clock_timestamp() AS asked_at, array_agg(g.date) AS begun_dates,
        array_agg((g.date + progress.day_start * interval '1 minute') AT TIME ZONE progress.zone) AS beginnings
      FROM \(span.beginnings)
      WHERE NOT (\(isKnown))
      """
    } content: { row in
      try DayBeginnings(row)
    }
  }
}
