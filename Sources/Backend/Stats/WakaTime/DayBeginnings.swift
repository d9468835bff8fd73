import BreathDomain
import FoundationEssentials
import Postgres
import StrictJSON

/// At which instants a person's days begin: in their zone, less the day start. PostgreSQL knows the zones.
struct DayBeginnings {
  let zone: String
  let askedAt: Date
  private let instants: [LocalDate: Date]

  /// One row, in a query that has `Progress` as `progress` and the day totals as `days`.
  static func query(of span: WakaTimeSpan, _ isKnown: SQL) -> SQL {
    """
    SELECT clock_timestamp() AS asked_at, array_agg(g.date) AS begun_dates,
      array_agg((g.date + progress.day_start * interval '1 minute') AT TIME ZONE progress.zone) AS beginnings
    FROM \(span.beginnings)
    WHERE NOT (\(isKnown))
    """
  }

  /// What an answer depends on besides what has a version: where today begins tells the day and the day start.
  static let moment: SQL = """
    (extract(epoch FROM (progress.today + progress.day_start * interval '1 minute') AT TIME ZONE progress.zone) / 60)
    """

  init(_ row: Row) throws(PostgresError) {
    (zone, askedAt) = (try row["shown_zone"], try row["asked_at"])
    let dates: [PostgresDate] = try row["begun_dates"] ?? []
    let beginnings: [Date] = try row["beginnings"] ?? []
    instants = Dictionary(zip(dates.map { LocalDate($0) }, beginnings)) { first, _ in first }
  }

  func start(of date: LocalDate) -> JSON { JSON(instants[date]) }

  /// The last millisecond: WakaTime's ranges end before the next begins.
  func end(of date: LocalDate) -> JSON { JSON(instants[date.adding(days: 1)]?.addingTimeInterval(-0.001)) }
}
