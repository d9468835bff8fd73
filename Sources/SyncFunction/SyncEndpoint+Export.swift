import Backend
import BreathDomain
import FoundationEssentials
import FunctionRuntime
import Postgres
import Practice
import StrictJSON

/// `GET /v1/sync/export?cursor=…&limit=…&shape=…`: the whole account, in pages; what a person gets who wants to leave.
extension SyncEndpoint {
  func export(_ signedIn: SignedIn) async throws -> Reply {
    let query = signedIn.request.query
    let limit = try query.integer("limit", in: 1...SyncEndpoint.exportLimitMax) ?? 500
    let cursor = try query["cursor"].map { text in
      guard let cursor = ExportCursor(text) else {
        throw Problem(400, code: "invalid_query", detail: "cursor must be the one of an earlier page.")
      }
      return cursor
    }
    return try query.isExtensionShape
      ? extensionShape(signedIn, after: cursor, limit) : everything(signedIn, after: cursor, limit)
  }

  private func everything(_ signedIn: SignedIn, after cursor: ExportCursor?, _ limit: Int) throws -> Reply {
    let caller = signedIn.caller
    let (changes, progress, besides) = try signedIn.read(
      Pipeline(
        Changes.query(
          of: caller, after: cursor?.records, limit: limit, includingOwn: true,
          besides: ExportBesides.query(of: caller, after: cursor?.besides, limit)),
        row: { row in (try Changes(row), try Progress(row), try ExportBesides(row)) }))
    let next = ExportCursor(records: changes.cursor, besides: besides.last ?? cursor?.besides)
    let more = changes.more || besides.more
    let page: [(String, JSON)] = [
      ("account", .string(caller.account.uuid.lowercased)), ("detail", .string(progress.detail.rawValue)),
      ("cursor", .string(next.text)), ("more", .bool(more)), ("records", changes.json), ("progress", progress.json),
      ("digest", .string(progress.digest.text)),
    ]
    return Reply(
      200, json: .object(JSONObject(page + besides.members)),
      headers: SyncEndpoint.link(to: more ? next : nil, "\(limit)"))
  }

  private func extensionShape(_ signedIn: SignedIn, after cursor: ExportCursor?, _ limit: Int) throws -> Reply {
    let caller = signedIn.caller
    let ((changes, progress), today) = try signedIn.read(
      Pipeline(
        Changes.query(
          of: caller, after: cursor?.records, limit: limit, includingOwn: true, inExtensionShape: true),
        row: { row in (try Changes(row), try Progress(row)) }),
      Today.pipeline(for: caller))
    let next = changes.more ? ExportCursor(records: changes.cursor, besides: nil) : nil
    let shape = ExtensionShape(progress: progress, today: today, sessions: changes.json["sessions"])
    return Reply(
      200, json: shape.json(exportedAt: Timestamp(signedIn.context.now)),
      headers: SyncEndpoint.link(to: next, "\(limit)&shape=extension"))
  }

  /// Fewer are on a page where they are long.
  private static let exportLimitMax = 2000

  /// RFC 8288; the extension's shape has no place for a cursor of ours.
  private static func link(to next: ExportCursor?, _ limit: String) -> [(String, String)] {
    next.map { [("Link", "<export?cursor=\($0.text)&limit=\(limit)>; rel=\"next\"")] } ?? []
  }
}

/// What is kept about the person beside their records (`breath.kept_besides`): behind the last of these, so that all of
/// both is given once.
struct ExportBesides {
  /// In the order of their kinds; the first is 1.
  private static let names = ["counters", "plans", "claims", "shares", "consents", "keys", "signIns", "ledger"]

  let members: [(String, JSON)]
  let more: Bool
  /// Nil when none came, which is so while there are records to come.
  let last: ExportCursor.Place?

  static func query(of caller: Caller, after place: ExportCursor.Place?, _ limit: Int) -> (columns: SQL, join: SQL) {
    (
      " b.profile, b.items, b.more AS more_besides, b.last_kind, b.last_key,",
      """
      CROSS JOIN LATERAL breath.export_besides(
        \(caller.account.uuid), NOT p.more, CASE WHEN p.is_restart THEN 0 ELSE \(Int32(place?.kind ?? 0)) END,
        CASE WHEN p.is_restart THEN 0 ELSE \(place?.key ?? 0) END, \(Int32(limit))) AS b
      """
    )
  }

  init(_ row: Row) throws(PostgresError) {
    more = try row["more_besides"]
    let kind: Int32? = try row["last_kind"]
    let key: Int64? = try row["last_key"]
    last = kind.flatMap { kind in key.map { ExportCursor.Place(kind: UInt8(kind), key: $0) } }
    let items: [String] = try row["items"] ?? []
    let profile: String? = try row["profile"]
    members =
      (profile.map { [("profile", .raw($0))] } ?? [])
      + zip(ExportBesides.names, items).map { ($0, .array($1.isEmpty ? [] : [.raw($1)])) }
  }
}

extension Query {
  fileprivate var isExtensionShape: Bool {
    get throws {
      switch self["shape"] {
      case nil: return false
      case "extension"?: return true
      default: throw Problem(400, code: "invalid_query", detail: "shape must be \"extension\" or left out.")
      }
    }
  }
}

/// What the caller's day has so far, over all devices.
struct Today {
  let sessions: Int64
  let activeMs: Int64

  static func pipeline(for caller: Caller) -> Pipeline<Today> {
    Pipeline(
      """
      SELECT coalesce(sum(t.sessions), 0)::bigint AS sessions, coalesce(sum(t.active_ms), 0)::bigint AS active_ms
      FROM breath.accounts a
      JOIN \(Viewer(caller).device) d ON d.account_id = a.account_id
      JOIN breath.day_totals t ON t.account_id = a.account_id AND t.local_date = \(LocalDate.today)
      WHERE a.account_id = \(caller.account.uuid)
      """,
      row: { row in Today(sessions: try row["sessions"], activeMs: try row["active_ms"]) })
  }
}

/// The extension's own export (docs/design/practice.md, "The export file"), so that a person's data fits where it came
/// from.
struct ExtensionShape {
  let progress: Progress
  let today: Today
  let sessions: JSON?

  func json(exportedAt: Timestamp) -> JSON {
    [
      "exportDate": .string("\(exportedAt)"),
      "breathMaster": [
        "meditation": meditation, "onboarding": ["hasSeenTour": true, "gamificationOptIn": true],
        "version": "0.3.4",
      ],
    ]
  }

  /// An empty date means "never", as the extension writes it.
  private var meditation: JSON {
    let last = progress.dates.runs.last?.upperBound
    return [
      "totalXP": .integer(progress.totalXP), "currentStreak": JSON(progress.streak.days),
      "longestStreak": .integer(max(Int64(progress.streak.longest), progress.reportedLongestStreak)),
      "todaySessionTime": .integer(today.activeMs), "lastMeditationDate": .string(last?.javaScriptDateString ?? ""),
      "totalMeditationTime": .integer(max(progress.activeMs, progress.reportedActiveMs)),
      "sessionsToday": .integer(today.sessions), "challengesCompleted": .integer(progress.challengesCompleted),
      "sessions": sessions ?? [],
    ]
  }
}
