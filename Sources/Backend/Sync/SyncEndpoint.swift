import BreathDomain
import FoundationEssentials
package import FunctionRuntime
package import Postgres
import StrictJSON

/// `/v1/sync`: one call pushes, pulls and answers where the person stands, in one pipeline.
package struct SyncEndpoint {
  let endpoint: Endpoint

  package init(_ endpoint: Endpoint) { self.endpoint = endpoint }

  package var routes: [Route] {
    [
      Route(.post, "", sync),
      Route(.post, "/import", importExport),
      Route(.get, "/export", export),
      Route(.put, "/detail", chooseDetail),
      Route(.get, "/digest", digest),
      Route(.get, "/ledger", ledger),
    ]
  }

  func sync(_ request: Request, _ context: Context) async throws -> Reply {
    let services = try await endpoint.services()
    let caller = try await services.authenticator.caller(of: request, for: .sync)
    let body = try SyncRequest(try request.json(), from: caller.device)
    let pipeline = PushPipeline(
      body, of: caller, now: Timestamp(context.now), requestID: context.requestID,
      charge: services.configuration.limits.bytes.charge(caller.account, bytes: request.body.count))
    let (results, headers) = try services.pipeline(
      for: caller, locking: !body.push.isEmpty, pipeline.statements + [SyncEndpoint.read(body, caller)], context)
    let verdicts = try pipeline.judge(results)
    let row = try results[pipeline.statements.count].only
    let changes = try Changes(row)
    let progress = try Progress(row)
    var reply = JSONObject([
      ("cursor", .string(changes.cursor.text)), ("more", .bool(changes.more)), ("accepted", verdicts.accepted),
      ("verdicts", verdicts.json), ("changes", changes.json), ("progress", progress.json),
      ("detail", .string(progress.detail.rawValue)), ("digest", .string(progress.digest.text)),
      ("device", try DeviceState(row).json), ("poll", ["afterMs": JSON(changes.more ? 0 : SyncEndpoint.pollMs)]),
    ])
    // Whoever has this machine hears of a way in that needs none of the account's machines.
    if let since: Date = try row["login_since"] { reply["account"] = ["login": ["since": JSON(since)]] }
    if let holdings = changes.holdings {
      reply["restart"] = true
      reply["holdings"] = holdings
    }
    return Reply(200, json: JSON.object(reply).noting(verdicts.notices), headers: headers)
  }

  /// What every sync reads behind its writes.
  package static func read(_ body: SyncRequest, _ caller: Caller) -> SQL {
    Changes.query(of: caller, after: body.cursor, limit: body.limit, includingOwn: body.includesOwn)
  }

  /// How long a client with nothing to say may wait: 600 invocations a minute serve that many more people.
  private static let pollMs = 300_000
}

extension ResultSet {
  /// The row of a statement that always has one. Where a pipeline does not lock, its absence means that the account was
  /// erased, or the device moved to another, since the pipeline began: the next one will be told which.
  var only: Row {
    get throws {
      guard let row = first else {
        throw Problem.unavailable(
          code: "account_changed", detail: "The account changed while this was answered. Try again.",
          retryAfter: .seconds(1))
      }
      return row
    }
  }
}

/// What the server keeps of the caller's device that the device must know to agree with it.
struct DeviceState {
  private let resetAt: Date?
  private let clockOffsetMs: Int64

  /// - Parameter row: of `Progress.query`.
  init(_ row: Row) throws(PostgresError) {
    resetAt = try row["reset_at"]
    clockOffsetMs = try row["clock_offset_ms"]
  }

  var json: JSON {
    ["reset": JSON(resetAt.map { "\(Timestamp($0))" }), "clockOffsetMs": .integer(clockOffsetMs)]
  }
}
