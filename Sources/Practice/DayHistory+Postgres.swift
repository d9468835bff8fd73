package import BreathDomain
package import Postgres

// The day totals of an account over all its devices, as columns of one row, in a query that has `Progress` as
// `progress`.

extension DayHistory {
  /// How far a reading looks.
  package enum Reach {
    case all
    /// So many days before today, today, and what a device ahead of the calendar has.
    case back(Int)
    case from(LocalDate, to: LocalDate)
  }

  /// A column for each number, a day for each place in it. A day whose sessions were all deleted is no day.
  /// - Parameter isKnown: nothing is read where it is true.
  package static func query(of viewer: Viewer, _ reach: Reach, unless isKnown: SQL) -> SQL {
    """
    SELECT array_agg(local_date) AS dates, array_agg(sessions) AS day_sessions, array_agg(active_ms) AS day_active_ms,
      array_agg(cycles) AS day_cycles, array_agg(xp) AS day_xp
    FROM (
      SELECT t.local_date, sum(t.sessions)::bigint AS sessions, sum(t.active_ms)::bigint AS active_ms,
        sum(t.cycles)::bigint AS cycles, sum(t.xp)::bigint AS xp
      FROM breath.day_totals t
      WHERE t.account_id = \(viewer.account) AND \(reach.contains("t.local_date")) AND NOT (\(isKnown))
        AND greatest(t.sessions, t.active_ms, t.cycles, t.xp) > 0
      GROUP BY t.local_date
      ORDER BY t.local_date
    ) AS d
    """
  }

  package init(_ row: Row) throws(PostgresError) {
    let dates: [LocalDate] = try row["dates"] ?? []
    let sessions: [Int64] = try row["day_sessions"] ?? []
    let activeMs: [Int64] = try row["day_active_ms"] ?? []
    let cycles: [Int64] = try row["day_cycles"] ?? []
    let xp: [Int64] = try row["day_xp"] ?? []
    self.init(
      dates.indices.map { index in
        DayTotal(
          date: dates[index], sessions: sessions[index], activeMs: activeMs[index], cycles: cycles[index],
          xp: xp[index])
      })
  }
}

extension DayHistory.Reach {
  /// Whether a date is within it, or, where a span names a part of the calendar, near it.
  package func contains(_ date: StaticString) -> SQL {
    switch self {
    case .all: "true"
    case .back(let count): "\(raw: date) >= progress.today - \(Int32(count))"
    case .from(let first, let last): "\(raw: date) BETWEEN \(first) AND \(last)"
    }
  }
}
