import BreathDomain
import FunctionRuntime
import Postgres
import StrictJSON

/// What one page of numbers needs and how it is made: the day totals of some days, perhaps something else from the
/// database, and then the domain's rules. Most answer JSON; an export may be another kind of text, with headers of its own.
struct View {
  /// Which day totals a view needs.
  enum Days {
    case none, all
    /// So many before today, today, and what a device ahead of the calendar has.
    case back(Int)
    case from(LocalDate, to: LocalDate)
  }

  let name: String
  let days: Days
  /// Another relation of one row, in a query that has `Progress` as `progress`. It must be empty where `isKnown` is true.
  var other: ((Viewer, _ isKnown: SQL) -> SQL)?
  /// What the answer depends on besides what has a version: the day, and the privacy tier.
  var moment: SQL = day
  static let day: SQL = "((progress.today - date '1970-01-01') * 2 + (progress.detail = 'sessions')::int)"
  /// Where the answer is for, if not where the caller is.
  var zone: StatedZone?
  let reply: (Progress, DayHistory, Row) throws -> Reply

  init(
    _ name: String, days: Days, other: ((Viewer, _ isKnown: SQL) -> SQL)? = nil,
    json: @escaping (Progress, DayHistory, Row) throws -> JSON
  ) {
    self.init(named: name, days: days, other: other) { progress, history, row in
      Reply(200, json: try json(progress, history, row))
    }
  }

  init(
    named name: String, days: Days, other: ((Viewer, _ isKnown: SQL) -> SQL)? = nil,
    reply: @escaping (Progress, DayHistory, Row) throws -> Reply
  ) {
    (self.name, self.days, self.other, self.reply) = (name, days, other, reply)
  }
}

extension View.Days {
  /// The days of a span, and so many before it.
  init(_ span: Span, and lead: Int = 0) {
    switch span {
    case .dates(let from, let to?): self = .from((from ?? to).adding(days: -lead - Span.daysBefore), to: to)
    case .dates(let from?, nil): self = .from(from.adding(days: -lead), to: .last)
    default: self = span.daysBack.map { .back($0 + lead) } ?? .all
    }
  }
}

extension View.Days {
  /// Whether a date is one of them, or, where a span names a part of the calendar, near it.
  /// - Parameter date: in a query that has `Progress` as `progress`.
  func within(_ date: StaticString) -> SQL {
    switch self {
    case .none: "false"
    case .all: "true"
    case .back(let count): "\(raw: date) >= progress.today - \(Int32(count))"
    case .from(let first, let last): "\(raw: date) BETWEEN \(first.postgres) AND \(last.postgres)"
    }
  }
}

extension View {
  /// One statement, so that all numbers of an answer are of one snapshot. Where the caller's tag still holds, nothing but
  /// `Progress` is read.
  func query(for viewer: Viewer, known: EntityTag?) -> SQL {
    let isKnown: SQL = """
      (progress.incarnation = \(known?.incarnation) AND progress.version = \(known?.version)
        AND \(moment) = \(known?.moment)) IS TRUE
      """
    let (otherColumns, otherJoin): (SQL, SQL) =
      switch other {
      case nil: ("", "")
      case let other?: (", other.*", "LEFT JOIN LATERAL (\(other(viewer, isKnown))) AS other ON true")
      }
    return """
      SELECT progress.*, \(isKnown) AS is_known, \(moment)::int AS moment, days.*\(otherColumns)
      FROM (
        \(Progress.query(for: viewer))
      ) AS progress
      LEFT JOIN LATERAL (
        \(DayHistory.query(of: viewer, days, unless: isKnown))
      ) AS days ON true
      \(otherJoin)
      """
  }
}

extension DayHistory {
  /// One row: a column for each number, a day for each place in it. A day whose sessions were all deleted is no day.
  fileprivate static func query(of viewer: Viewer, _ days: View.Days, unless isKnown: SQL) -> SQL {
    return """
      SELECT array_agg(local_date) AS dates, array_agg(sessions) AS day_sessions, array_agg(active_ms) AS day_active_ms,
        array_agg(cycles) AS day_cycles, array_agg(xp) AS day_xp
      FROM (
        SELECT t.local_date, sum(t.sessions)::bigint AS sessions, sum(t.active_ms)::bigint AS active_ms,
          sum(t.cycles)::bigint AS cycles, sum(t.xp)::bigint AS xp
        FROM breath.day_totals t
        WHERE t.account_id = \(viewer.account) AND \(days.within("t.local_date")) AND NOT (\(isKnown))
          AND greatest(t.sessions, t.active_ms, t.cycles, t.xp) > 0
        GROUP BY t.local_date
        ORDER BY t.local_date
      ) AS d
      """
  }

  init(_ row: Row) throws(PostgresError) {
    let dates: [PostgresDate] = try row["dates"] ?? []
    let sessions: [Int64] = try row["day_sessions"] ?? []
    let activeMs: [Int64] = try row["day_active_ms"] ?? []
    let cycles: [Int64] = try row["day_cycles"] ?? []
    let xp: [Int64] = try row["day_xp"] ?? []
    self.init(
      dates.indices.map { index in
        DayTotal(
          date: LocalDate(dates[index]), sessions: sessions[index], activeMs: activeMs[index], cycles: cycles[index],
          xp: xp[index])
      })
  }
}
