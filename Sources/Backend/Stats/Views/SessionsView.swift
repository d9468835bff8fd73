import BreathDomain
import FoundationEssentials
import FunctionRuntime
import Postgres
import StrictJSON

/// `/sessions`: single sessions, the latest first, in pages.
enum SessionsView {
  private static let limitUsual = 100, limitMax = 500

  static func view(_ query: Query) throws -> View {
    let span = try Span(query, default: .all)
    let limit = try query.integer("limit", in: 1...limitMax) ?? limitUsual
    let after = try query["after"].map { try Place($0) }
    let other: (Viewer, SQL) -> SQL = { viewer, isKnown in
      """
      SELECT array_agg(facts) AS facts, array_agg(device_id) AS session_devices, array_agg(local_date) AS session_dates,
        array_agg(local_minute) AS minutes, array_agg(started_at) AS starts, array_agg(session_id) AS session_ids,
        array_agg(counted_ms) AS counted, array_agg(xp) AS session_xp, array_agg(flags) AS flags
      FROM (
        SELECT s.*
        FROM breath.sessions s
        WHERE s.account_id = \(viewer.account) AND \(View.Days(span).within("s.local_date")) AND NOT (\(isKnown))
          AND s.local_date <= \(span.last)
          AND (\(after == nil) OR (s.local_date, s.started_at, s.device_id, s.session_id)
            < (\(after?.date.postgres), \(after?.start.date), \(after?.device), \(after?.session)))
        ORDER BY s.local_date DESC, s.started_at DESC, s.device_id DESC, s.session_id DESC
        LIMIT \(Int32(limit + 1))
      ) AS page
      """
    }
    return View("sessions", days: .none, other: other) { progress, _, row in
      guard progress.detail == .sessions else { throw Problem.notShared }
      let dates = span.dates(progress, first: nil)
      let found = try Listed.all(row)
      let asked = found.filter { $0.place.date <= dates.upperBound && (span == .all || $0.place.date >= dates.lowerBound) }
      let page = asked.prefix(limit)
      return [
        "from": span == .all ? JSON.null : JSON(dates.lowerBound), "to": JSON(dates.upperBound),
        "sessions": .array(page.map(\.json)), "next": JSON(asked.count > limit ? page.last?.place.text : nil),
      ]
    }
  }

  /// Where a page ended. `2025-08-27~1756303331345~device~session`, in base64url: opaque to callers.
  private struct Place {
    let date: LocalDate
    let start: Timestamp
    let device: UUID
    let session: String

    init(date: LocalDate, start: Timestamp, device: UUID, session: String) {
      (self.date, self.start, self.device, self.session) = (date, start, device, session)
    }

    init(_ text: String) throws(Problem) {
      let plain = text.utf8.count <= 1024 ? Base64URL.decode(text).flatMap { String(validating: $0, as: UTF8.self) } : nil
      let parts = plain?.split(separator: "~", maxSplits: 3, omittingEmptySubsequences: false) ?? []
      guard parts.count == 4, let date = LocalDate(String(parts[0])), let start = Timestamp(String(parts[1])),
        let device = UUID(uuidString: String(parts[2])), !parts[3].utf8.contains(0)
      else {
        throw Problem(400, code: "invalid_query", detail: "after must be the next of an answer, as it was given.")
      }
      self.init(date: date, start: start, device: device, session: String(parts[3]))
    }

    var text: String { Base64URL.encode(Array("\(date)~\(start)~\(device.lowercased)~\(session)".utf8)) }
  }

  private struct Listed {
    let place: Place
    /// Members of a JSON object, as the device stated them.
    let facts: String
    let minute: Int16
    let countedMs, xp: Int64
    let flags: SessionFlags

    var json: JSON {
      .raw(
        """
        {\(facts),"device":"\(place.device.lowercased)","localDate":"\(place.date)",\
        "localTime":"\(DayStart(minutes: minute).text)","countedMs":\(countedMs),"xp":\(xp),\
        "flags":[\(flags.codes.map { "\"\($0)\"" }.joined(separator: ","))]}
        """)
    }

    static func all(_ row: Row) throws(PostgresError) -> [Listed] {
      let facts: [String] = try row["facts"] ?? []
      let devices: [UUID] = try row["session_devices"] ?? []
      let dates: [PostgresDate] = try row["session_dates"] ?? []
      let starts: [Date] = try row["starts"] ?? []
      let ids: [String] = try row["session_ids"] ?? []
      let minutes: [Int16] = try row["minutes"] ?? []
      let counted: [Int64] = try row["counted"] ?? []
      let xp: [Int64] = try row["session_xp"] ?? []
      let flags: [Int16] = try row["flags"] ?? []
      return facts.indices.map { index in
        Listed(
          place: Place(
            date: LocalDate(dates[index]), start: Timestamp(starts[index]), device: devices[index], session: ids[index]),
          facts: facts[index], minute: minutes[index], countedMs: counted[index], xp: xp[index],
          flags: SessionFlags(rawValue: flags[index]))
      }
    }
  }
}
