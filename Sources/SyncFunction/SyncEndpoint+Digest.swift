import Backend
import BreathDomain
import FoundationEssentials
import FunctionRuntime
import Postgres
import Practice
import StrictJSON

/// `GET /v1/sync/digest?month=…&after=…`: the digest by device and month, or by the days of one month, so that a machine that
/// disagrees finds where. Practice over centuries takes more than one page.
extension SyncEndpoint {
  func digest(_ signedIn: SignedIn) async throws -> Reply {
    let query = signedIn.request.query
    let month = try query.month("month")
    let after = try query["after"].map { text in
      guard let place = DigestByDevice.Place(text) else {
        throw Problem(400, code: "invalid_query", detail: "after must be the next of an answer, as it was given.")
      }
      return place
    }
    let (progress, parts) = try signedIn.read(
      DigestByDevice.pipeline(for: signedIn.caller, month: month, after: after))
    return Reply(
      200,
      json: [
        "digest": .string(progress.digest.text), "detail": .string(progress.detail.rawValue),
        "devices": parts.json(isByDay: month != nil), "next": JSON(parts.next?.text),
      ])
  }
}

struct DigestByDevice {
  /// Where a page ended: `<device>~<month, date, or "deletions">`.
  struct Place {
    let device: UUID
    let period: String

    init(device: UUID, period: String) { (self.device, self.period) = (device, period) }

    init?(_ text: String) {
      let parts = text.split(separator: "~", omittingEmptySubsequences: false)
      guard parts.count == 2, let device = UUID(uuidString: String(parts[0])), Place.isPeriod(parts[1]) else {
        return nil
      }
      self.init(device: device, period: String(parts[1]))
    }

    var text: String { "\(device.lowercased)~\(period)" }

    /// By its form, as openapi.yaml gives it: `2025-08`, `2025-08-27` or `deletions`.
    private static func isPeriod(_ text: Substring) -> Bool {
      let form = text.utf8.map { (0x30...0x39).contains($0) ? UInt8(ascii: "9") : $0 }
      return text == deletions || form == Array("9999-99".utf8) || form == Array("9999-99-99".utf8)
    }
  }

  /// Tombstones have no date; behind every date.
  private static let deletions = "deletions"
  /// About a hundred bytes each, and a reply holds 1 MB.
  private static let partsMax = 6000

  private var parts: [(place: Place, digest: Digest)] = []
  private(set) var next: Place?

  /// With where the person stands, of the same snapshot.
  static func pipeline(
    for caller: Caller, month: LocalDate?, after: Place?
  ) -> Pipeline<(Progress, DigestByDevice)> {
    Pipeline(
      query(for: caller, month: month, after: after), row: { row in (try Progress(row), try DigestByDevice(row)) })
  }

  /// One row of arrays, a part for each device and month, or day of one month, with the columns of `Progress` too.
  private static func query(for caller: Caller, month: LocalDate?, after: Place?) -> SQL {
    """
    SELECT progress.*, part.devices, part.periods, part.records, part.high, part.low
    FROM (
      \(Progress.query(for: Viewer(caller)))
    ) AS progress
    CROSS JOIN (
      SELECT array_agg(p.device_id) AS devices, array_agg(p.period) AS periods, array_agg(p.records) AS records,
        array_agg(p.high) AS high, array_agg(p.low) AS low
      FROM (
        SELECT r.device_id, r.period, count(*) AS records, bit_xor(r.high) AS high, bit_xor(r.low) AS low
        FROM (
          SELECT device_id, high, low, CASE WHEN local_date IS NULL THEN 'deletions'
            WHEN \(month) IS NULL THEN to_char(local_date, 'YYYY-MM')
            ELSE local_date::text END COLLATE "C" AS period
          FROM breath.records(\(caller.account.uuid))
          WHERE local_date IS NULL OR \(month) IS NULL
            OR local_date >= \(month) AND local_date < \(month) + interval '1 month'
        ) AS r
        WHERE \(after == nil) OR (r.device_id, r.period) > (\(after?.device), \(after?.period))
        GROUP BY r.device_id, r.period
        ORDER BY r.device_id, r.period
        LIMIT \(Int32(partsMax + 1))
      ) AS p
    ) AS part
    """
  }

  private init(_ row: Row) throws(PostgresError) {
    let devices: [UUID] = try row["devices"] ?? []
    let periods: [String] = try row["periods"] ?? []
    let records: [Int64] = try row["records"] ?? []
    let high: [Int64] = try row["high"] ?? []
    let low: [Int64] = try row["low"] ?? []
    parts = devices.indices.prefix(DigestByDevice.partsMax).map { index in
      (
        Place(device: devices[index], period: periods[index]),
        Digest(count: records[index], high: high[index], low: low[index])
      )
    }
    next = devices.count > parts.count ? parts.last?.place : nil
  }

  func json(isByDay: Bool) -> JSON {
    var devices: [(id: UUID, periods: [JSON], deletions: JSON)] = []
    for (place, digest) in parts {
      if devices.last?.id != place.device {
        devices.append((place.device, [], DigestByDevice.part(of: Digest(count: 0, high: 0, low: 0))))
      }
      if place.period == DigestByDevice.deletions {
        devices[devices.count - 1].deletions = DigestByDevice.part(of: digest)
      } else {
        devices[devices.count - 1].periods.append(
          DigestByDevice.part(of: digest, isByDay ? "date" : "month", place.period))
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
