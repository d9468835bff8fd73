import BreathDomain
import FunctionRuntime
import Postgres
import Practice
import StrictJSON

/// `/hours`: at which hours of the day, by the clock of the place, and on which weekdays single sessions began.
package struct HourCounts {
  let dates: ClosedRange<LocalDate>
  /// 24, from midnight on.
  let hours: [Count]
  /// Seven, as ISO 8601 numbers them.
  let weekdays: [Count]

  struct Count {
    let number: Int
    let sessions, activeMs: Int64

    fileprivate init(_ number: Int, of cells: some Collection<Cell>) {
      self.number = number
      sessions = cells.reduce(0) { $0 + $1.sessions }
      activeMs = cells.reduce(0) { $0 + $1.activeMs }
    }
  }

  private static let daysMax = 366

  static func reading(_ query: Query) throws -> Reading<HourCounts> {
    let span = try Span(query, default: .last(90), daysMax: daysMax)
    return Reading("hours", .hours(of: span)) { progress, cells in
      guard progress.detail == .sessions else { throw Problem.notShared }
      return HourCounts(cells, within: span.dates(progress, first: nil))
    }
  }

  private init(_ cells: [Cell], within dates: ClosedRange<LocalDate>) {
    self.dates = dates
    let cells = cells.filter { dates.contains($0.date) }
    hours = (0..<24).map { hour in Count(hour, of: cells.filter { $0.hour == hour }) }
    weekdays = (1...7).map { day in Count(day, of: cells.filter { $0.date.isoWeekday == day }) }
  }
}

/// The sessions that began in one hour of one day.
private struct Cell {
  let date: LocalDate
  let hour: Int
  let sessions, activeMs: Int64

  static func all(_ row: Row) throws(PostgresError) -> [Cell] {
    let dates: [LocalDate] = try row["hour_dates"] ?? []
    let hours: [Int32] = try row["hours"] ?? []
    let sessions: [Int64] = try row["hour_sessions"] ?? []
    let activeMs: [Int64] = try row["hour_active_ms"] ?? []
    return dates.indices.map {
      Cell(date: dates[$0], hour: Int(hours[$0]), sessions: sessions[$0], activeMs: activeMs[$0])
    }
  }
}

extension Source<[Cell]> {
  fileprivate static func hours(of span: Span) -> Source {
    Source(name: "hours") { viewer, isKnown in
      """
      SELECT array_agg(local_date) AS hour_dates, array_agg(hour) AS hours, array_agg(sessions) AS hour_sessions,
        array_agg(active_ms) AS hour_active_ms
      FROM (
        SELECT s.local_date, s.local_minute / 60 AS hour, count(*) AS sessions, sum(s.counted_ms)::bigint AS active_ms
        FROM breath.sessions s
        WHERE s.account_id = \(viewer.account) AND \(DayHistory.Reach(span).contains("s.local_date"))
          AND NOT (\(isKnown)) AND s.counts
        GROUP BY 1, 2
      ) AS h
      """
    } content: { row in
      try Cell.all(row)
    }
  }
}

extension JSON {
  package init(_ counts: HourCounts) {
    self = [
      "from": JSON(counts.dates.lowerBound), "to": JSON(counts.dates.upperBound),
      "hours": .array(counts.hours.map { JSON($0, numbering: "hour") }),
      "weekdays": .array(counts.weekdays.map { JSON($0, numbering: "weekday") }),
    ]
  }

  private init(_ count: HourCounts.Count, numbering name: String) {
    self = [
      "\(name)": JSON(count.number), "sessions": .integer(count.sessions), "activeMs": .integer(count.activeMs),
    ]
  }
}
