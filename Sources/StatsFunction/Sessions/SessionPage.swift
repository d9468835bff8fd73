import Backend
import BreathDomain
import FunctionRuntime
import Postgres
import Practice

/// Which single sessions a caller asks for, the latest first: some days, so many at once, from where a page ended.
struct SessionPage {
  let span: Span
  let limit: Int
  private let after: SessionPlace?

  /// - Throws: 400 `invalid_query`.
  init(_ query: Query, limit usual: Int, limitMax: Int) throws {
    span = try Span(query, default: .all)
    limit = try query.integer("limit", in: 1...limitMax) ?? usual
    after = try query["after"].map { try SessionPlace($0) }
  }

  var source: Source<[ListedSession]> { Source(name: "page", query: query, content: ListedSession.all) }

  /// One session more than asked for, to know whether there are more. One that several devices hold comes once, of the
  /// device whose copy counts.
  private func query(_ viewer: Viewer, _ isKnown: SQL) -> SQL {
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
      WHERE s.account_id = \(viewer.account) AND \(DayHistory.Reach(span).contains("s.local_date"))
        AND NOT (\(isKnown)) AND s.local_date <= \(span.last) AND s.counts
        AND (\(after == nil) OR (s.local_date, s.started_at, s.device_id, s.session_id)
          < (\(after?.date), \(after?.start.date), \(after?.device), \(after?.session)))
      ORDER BY s.local_date DESC, s.started_at DESC, s.device_id DESC, s.session_id DESC
      LIMIT \(Int32(limit + 1))
    ) AS page
    """
  }
}
