import BreathDomain
package import FunctionRuntime
import Postgres
import StrictJSON

/// `/v1/stats`: views over the day totals that every push keeps. A read costs days, never sessions.
package struct StatsEndpoint {
  let endpoint: Endpoint

  package init(_ endpoint: Endpoint) { self.endpoint = endpoint }

  package var routes: [Route] {
    [
      Route(.get, "/summary", summary),
      Route(.get, "/days", days),
      Route(.get, "/streak", streak),
    ]
  }

  func summary(_ request: Request, _ context: Context) async throws -> Reply {
    try await view("summary", request, context, queries: { [RecentDays.query(for: $0)] }) { progress, results in
      let recent = try RecentDays(results[0])
      return [
        "progress": progress.json, "cycles": .integer(progress.cycles), "detail": .string(progress.detail.rawValue),
        "today": recent.json(from: progress.today, to: progress.today),
        "last7Days": recent.json(from: progress.today.adding(days: -6), to: progress.today),
        "last30Days": recent.json(from: progress.today.adding(days: -29), to: progress.today),
      ]
    }
  }

  func days(_ request: Request, _ context: Context) async throws -> Reply {
    let from = try request.query.date("from")
    let to = try request.query.date("to")
    if let from, let to, from > to || to.days(since: from) >= DayRange.daysMax {
      throw Problem(
        400, code: "invalid_query", detail: "from must not be after to, and at most \(DayRange.daysMax) days are shown."
      )
    }
    return try await view("days", request, context, queries: { [DayRange(from: from, to: to).query(for: $0)] }) {
      _, results in try DayRange.json(results[0].only)
    }
  }

  func streak(_ request: Request, _ context: Context) async throws -> Reply {
    try await view("streak", request, context, queries: { _ in [] }) { progress, _ in StreakView.json(progress) }
  }

  /// What all views share: who asks, one flight, and an entity tag that changes when the account, the rules, the day,
  /// or the question does.
  private func view(
    _ name: String, _ request: Request, _ context: Context, queries: (Caller) -> [SQL],
    body: (Progress, [ResultSet]) throws -> JSON
  ) async throws -> Reply {
    let services = try await endpoint.services()
    let caller = try await services.authenticator.caller(of: request, for: .readStats)
    let (results, limitHeaders) = try services.flight(
      for: caller, locking: false, [Progress.query(for: caller)] + queries(caller), context)
    let progress = try Progress(results[0].only)
    let tag = EntityTag(progress, of: caller.account, view: name, query: request.query)
    let headers =
      limitHeaders + [("ETag", tag.text), ("Cache-Control", "private, no-cache"), ("Vary", "Authorization")]
    if tag.isNamed(in: request.headers["if-none-match"]) { return Reply(304, headers: headers) }
    return Reply(200, json: try body(progress, Array(results.dropFirst())), headers: headers)
  }
}
