import BreathDomain
import FoundationEssentials
import FunctionRuntime
import Postgres
import StrictJSON

/// `GET /v1/sync/export?cursor=…&limit=…&shape=…`: the whole account, in pages; what a person gets who wants to leave.
extension SyncEndpoint {
  func export(_ request: Request, _ context: Context) async throws -> Reply {
    let services = try await endpoint.services()
    let caller = try await services.authenticator.caller(of: request, for: .sync)
    let limit = try request.query.integer("limit", in: 1...SyncEndpoint.exportLimitMax) ?? 500
    let cursor = try request.query["cursor"].map { text in
      guard let cursor = Cursor(text) else {
        throw Problem(400, code: "invalid_query", detail: "cursor must be the one of an earlier page.")
      }
      return cursor
    }
    let isExtensionShape = try request.query.isExtensionShape
    let (results, headers) = try services.flight(
      for: caller, locking: false,
      [
        Changes.query(
          of: caller, after: cursor, limit: limit, includingOwn: true, inExtensionShape: isExtensionShape),
        Today.query(for: caller),
      ], context)
    let row = try results[0].only
    let changes = try Changes(row)
    let progress = try Progress(row)
    let reply =
      isExtensionShape
      ? ExtensionShape(progress: progress, today: try Today(results[1].first), sessions: changes.json["sessions"])
        .json(exportedAt: Timestamp(context.now))
      : SyncEndpoint.page(changes, progress, caller)
    return Reply(200, json: reply, headers: headers + SyncEndpoint.link(to: changes, limit, isExtensionShape))
  }

  /// About 300 bytes a row, and a reply holds 1 MB.
  private static let exportLimitMax = 2000

  private static func page(_ changes: Changes, _ progress: Progress, _ caller: Caller) -> JSON {
    [
      "account": .string(caller.account.uuid.lowercased), "detail": .string(progress.detail.rawValue),
      "cursor": .string(changes.cursor.text), "more": .bool(changes.more), "records": changes.json,
      "progress": progress.json, "digest": .string(progress.digest.text),
    ]
  }

  /// RFC 8288; the extension's shape has no place for a cursor of ours.
  private static func link(to changes: Changes, _ limit: Int, _ isExtensionShape: Bool) -> [(String, String)] {
    guard changes.more else { return [] }
    let shape = isExtensionShape ? "&shape=extension" : ""
    return [("Link", "<export?cursor=\(changes.cursor.text)&limit=\(limit)\(shape)>; rel=\"next\"")]
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
  var sessions: Int64 = 0
  var activeMs: Int64 = 0

  static func query(for caller: Caller) -> SQL {
    """
    SELECT sum(t.sessions)::bigint AS sessions, sum(t.active_ms)::bigint AS active_ms
    FROM breath.accounts a
    JOIN \(Viewer(caller).device) d ON d.account_id = a.account_id
    JOIN breath.day_totals t ON t.account_id = a.account_id AND t.local_date
      = \(LocalDate.today)
    WHERE a.account_id = \(caller.account.uuid)
    HAVING count(*) > 0
    """
  }

  init(_ row: Row?) throws {
    guard let row else { return }
    sessions = try row["sessions"]
    activeMs = try row["active_ms"]
  }
}

/// The extension's own export (DOMAIN 3.1), so that a person's data fits where it came from.
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

  /// An empty date means "never" (DOMAIN 3.4, item 3).
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
