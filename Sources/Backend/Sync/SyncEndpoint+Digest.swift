import BreathDomain
import FoundationEssentials
import FunctionRuntime
import Postgres
import StrictJSON

/// `GET /v1/sync/digest?month=…`: the digest by device and month, or by the days of one month, so that a machine that
/// disagrees finds where (PEERS N5).
extension SyncEndpoint {
  func digest(_ request: Request, _ context: Context) async throws -> Reply {
    let services = try await endpoint.services()
    let caller = try await services.authenticator.caller(of: request, for: .sync)
    let month = try request.query.month("month")
    let (results, headers) = try services.flight(
      for: caller, locking: false, [DigestByDevice.query(for: caller, month: month)], context)
    let progress = try Progress(results[0].only)
    return Reply(
      200,
      json: [
        "digest": .string(progress.digest.text), "detail": .string(progress.detail.rawValue),
        "devices": try DigestByDevice.json(results[0], isByDay: month != nil),
      ], headers: headers)
  }
}

enum DigestByDevice {
  /// A row for each device and month, or day of one month; tombstones, which have no date, in one with NULL. Each has
  /// the columns of `Progress` too, of the same snapshot; an account without records has one row with those alone.
  static func query(for caller: Caller, month: LocalDate?) -> SQL {
    """
    SELECT progress.*, part.device_id, part.period, part.records, part.high, part.low
    FROM (
      \(Progress.query(for: Viewer(caller)))
    ) AS progress
    LEFT JOIN (
      SELECT device_id,
        CASE WHEN local_date IS NULL THEN NULL WHEN \(month?.postgres) IS NULL THEN to_char(local_date, 'YYYY-MM')
          ELSE local_date::text END AS period,
        count(*) AS records, bit_xor(high) AS high, bit_xor(low) AS low
      FROM breath.records(\(caller.account.uuid))
      WHERE local_date IS NULL OR \(month?.postgres) IS NULL
        OR local_date >= \(month?.postgres) AND local_date < \(month?.postgres) + interval '1 month'
      GROUP BY 1, 2
    ) AS part ON true
    ORDER BY part.device_id, part.period
    """
  }

  static func json(_ result: ResultSet, isByDay: Bool) throws(PostgresError) -> JSON {
    var devices: [(id: UUID, periods: [JSON], deletions: JSON)] = []
    for row in result {
      guard let id: UUID = try row["device_id"] else { continue }
      let period: String? = try row["period"]
      let digest = Digest(count: try row["records"], high: try row["high"], low: try row["low"])
      if devices.last?.id != id { devices.append((id, [], part(of: Digest(count: 0, high: 0, low: 0)))) }
      if let period {
        devices[devices.count - 1].periods.append(part(of: digest, isByDay ? "date" : "month", period))
      } else {
        devices[devices.count - 1].deletions = part(of: digest)
      }
    }
    return .array(
      devices.map { device in
        [
          "device": .string(device.id.lowercased), isByDay ? "days" : "months": .array(device.periods),
          "deletions": device.deletions,
        ]
      })
  }

  private static func part(of digest: Digest, _ name: String? = nil, _ period: String = "") -> JSON {
    let members: [(key: String, value: JSON)] = [
      ("records", .integer(digest.count)), ("digest", .string(digest.text)),
    ]
    return .object(JSONObject((name.map { [($0, .string(period))] } ?? []) + members))
  }
}
