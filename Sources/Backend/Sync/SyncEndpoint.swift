import BreathDomain
package import FunctionRuntime
import Postgres
import StrictJSON

/// `/v1/sync`: one call pushes, pulls and answers where the person stands, in one flight.
package struct SyncEndpoint {
  let endpoint: Endpoint

  package init(_ endpoint: Endpoint) { self.endpoint = endpoint }

  package var routes: [Route] {
    [
      Route(.post, "", sync),
      Route(.post, "/import", importExport),
      Route(.get, "/export", export),
    ]
  }

  func sync(_ request: Request, _ context: Context) async throws -> Reply {
    let services = try await endpoint.services()
    let caller = try await services.authenticator.caller(of: request)
    let body = try SyncRequest(try request.json())
    let flight = PushFlight(body, of: caller, now: Timestamp(context.now))
    let (results, headers) = try services.flight(
      for: caller, locking: !body.push.isEmpty, flight.statements + SyncEndpoint.reads(body, caller), context)
    let verdicts = try flight.judge(results)
    let changes = try Changes(results[flight.statements.count].only)
    let progress = try Progress(results[flight.statements.count + 1].only)
    var reply = JSONObject([
      ("cursor", .string(changes.cursor.text)), ("more", .bool(changes.more)), ("accepted", verdicts.accepted),
      ("verdicts", verdicts.json), ("changes", changes.json), ("progress", progress.json),
      ("detail", .string(progress.detail.rawValue)), ("digest", .string(progress.digest.text)),
      ("poll", ["afterMs": JSON(changes.more ? 0 : SyncEndpoint.pollMs)]),
    ])
    if changes.isRestart { reply["restart"] = true }
    return Reply(200, json: .object(reply), headers: headers)
  }

  /// What every sync reads behind its writes.
  static func reads(_ body: SyncRequest, _ caller: Caller) -> [SQL] {
    [
      Changes.query(of: caller, after: body.cursor, limit: body.limit, excluding: caller.device),
      Progress.query(for: caller),
    ]
  }

  /// How long a client with nothing to say may wait: 600 invocations a minute serve that many more people.
  private static let pollMs = 300_000
}

extension ResultSet {
  /// The row of a statement that always has one; its absence means that the account itself is gone.
  var only: Row {
    get throws {
      guard let row = first else { throw Problem(410, code: "account_gone", detail: "This account was deleted.") }
      return row
    }
  }
}
