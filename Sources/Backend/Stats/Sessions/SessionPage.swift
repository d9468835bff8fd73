import BreathDomain
import FoundationEssentials
import FunctionRuntime
import Postgres
import StrictJSON

/// Which single sessions a caller asks for, the latest first: some days, so many at once, from where a page ended.
struct SessionPage {
  let span: Span
  let limit: Int
  private let after: SessionPlace?

  /// A reply holds 1 MiB, whatever the sessions hold.
  private static let bytesMax = 900_000

  /// - Throws: 400 `invalid_query`.
  init(_ query: Query, limit usual: Int, limitMax: Int) throws {
    span = try Span(query, default: .all)
    limit = try query.integer("limit", in: 1...limitMax) ?? usual
    after = try query["after"].map { try SessionPlace($0) }
  }

  /// One row of arrays, in a query that has `Progress` as `progress`; one session more than asked for, to know whether
  /// there are more. One that several devices hold comes once, of the device whose copy counts.
  func query(_ viewer: Viewer, _ isKnown: SQL) -> SQL {
    """
    SELECT array_agg(facts) AS facts, array_agg(device_id) AS session_devices, array_agg(local_date) AS session_dates,
      array_agg(coalesce(device_name, '')) AS session_device_names, array_agg(local_minute) AS minutes,
      array_agg(started_at) AS starts, array_agg(session_id) AS session_ids, array_agg(counted_ms) AS counted,
      array_agg(xp) AS session_xp, array_agg(flags) AS flags
    FROM (
      SELECT s.*, (
        SELECT n.name FROM breath.devices n WHERE n.account_id = s.account_id AND n.device_id = s.device_id
      ) AS device_name
      FROM breath.sessions s
      WHERE s.account_id = \(viewer.account) AND \(View.Days(span).within("s.local_date")) AND NOT (\(isKnown))
        AND s.local_date <= \(span.last) AND s.counts
        AND (\(after == nil) OR (s.local_date, s.started_at, s.device_id, s.session_id)
          < (\(after?.date.postgres), \(after?.start.date), \(after?.device), \(after?.session)))
      ORDER BY s.local_date DESC, s.started_at DESC, s.device_id DESC, s.session_id DESC
      LIMIT \(Int32(limit + 1))
    ) AS page
    """
  }

  /// What a page shows.
  struct Shown {
    /// Nil where there is no first day: all of them.
    let from: LocalDate?
    let to: LocalDate
    let lines: [String]
    /// For `after`; nil at the end.
    let next: String?
  }

  /// - Parameter line: how one session is written.
  /// - Throws: 403 `detail_is_days`.
  func show(_ progress: Progress, _ row: Row, _ line: (ListedSession) throws -> String) throws -> Shown {
    guard progress.detail == .sessions else { throw Problem.notShared }
    let dates = span.dates(progress, first: nil)
    let asked = try ListedSession.all(row).filter {
      $0.place.date <= dates.upperBound && (span == .all || $0.place.date >= dates.lowerBound)
    }
    var (lines, bytes) = ([String](), 0)
    for session in asked.prefix(limit) {
      let text = try line(session)
      // As a string of JSON, which is what CSV becomes on its way and is never less than the text itself.
      bytes += JSON.string(text).encoded.count
      if bytes > SessionPage.bytesMax { break }
      lines.append(text)
    }
    return Shown(
      from: span == .all ? nil : dates.lowerBound, to: dates.upperBound, lines: lines,
      next: lines.count < asked.count ? asked[lines.count - 1].place.text : nil)
  }
}
