import BreathDomain
import FunctionRuntime
import Postgres
import StrictJSON

/// `/hours`: at which hours of the day, by the clock of the place, and on which weekdays single sessions began.
enum HoursView {
  private static let daysMax = 366

  static func view(_ query: Query) throws -> View {
    let span = try Span(query, default: .last(90), daysMax: daysMax)
    let other: (Viewer, SQL) -> SQL = { viewer, isKnown in
      """
      SELECT array_agg(local_date) AS hour_dates, array_agg(hour) AS hours, array_agg(sessions) AS hour_sessions,
        array_agg(active_ms) AS hour_active_ms
      FROM (
        SELECT s.local_date, s.local_minute / 60 AS hour, count(*) AS sessions, sum(s.counted_ms)::bigint AS active_ms
        FROM breath.sessions s
        WHERE s.account_id = \(viewer.account) AND \(View.Days(span).within("s.local_date")) AND NOT (\(isKnown))
          AND s.counts
        GROUP BY 1, 2
      ) AS h
      """
    }
    return View("hours", days: .none, other: other) { progress, _, row in
      guard progress.detail == .sessions else { throw Problem.notShared }
      let dates = span.dates(progress, first: nil)
      let cells = try Cell.all(row).filter { dates.contains($0.date) }
      return [
        "from": JSON(dates.lowerBound), "to": JSON(dates.upperBound),
        "hours": .array((0..<24).map { hour in sum(cells.filter { $0.hour == hour }, "hour", hour) }),
        "weekdays": .array((1...7).map { day in sum(cells.filter { $0.date.isoWeekday == day }, "weekday", day) }),
      ]
    }
  }

  /// The sessions that began in one hour of one day.
  private struct Cell {
    let date: LocalDate
    let hour: Int
    let sessions, activeMs: Int64

    static func all(_ row: Row) throws(PostgresError) -> [Cell] {
      let dates: [PostgresDate] = try row["hour_dates"] ?? []
      let hours: [Int32] = try row["hours"] ?? []
      let sessions: [Int64] = try row["hour_sessions"] ?? []
      let activeMs: [Int64] = try row["hour_active_ms"] ?? []
      return dates.indices.map {
        Cell(date: LocalDate(dates[$0]), hour: Int(hours[$0]), sessions: sessions[$0], activeMs: activeMs[$0])
      }
    }
  }

  private static func sum(_ cells: [Cell], _ name: String, _ number: Int) -> JSON {
    [
      "\(name)": JSON(number), "sessions": .integer(cells.reduce(0) { $0 + $1.sessions }),
      "activeMs": .integer(cells.reduce(0) { $0 + $1.activeMs }),
    ]
  }
}
