package import Backend
import BreathDomain
import FoundationEssentials
package import FunctionRuntime
package import Postgres
import Practice
import StrictJSON

/// `/v1/sync`: one call pushes, pulls and answers where the person stands, in one pipeline.
package struct SyncEndpoint {
  let endpoint: Endpoint

  package init(_ endpoint: Endpoint) { self.endpoint = endpoint }

  package var routes: [Route] {
    [
      Route(.post, "", endpoint.signedIn(for: .sync, sync)),
      Route(.post, "/import", endpoint.signedIn(for: .sync, importExport)),
      Route(.get, "/export", endpoint.signedIn(for: .sync, export)),
      Route(.put, "/detail", endpoint.signedIn(chooseDetail)),
      Route(.get, "/digest", endpoint.signedIn(for: .sync, digest)),
      Route(.get, "/ledger", endpoint.signedIn(for: .sync, ledger)),
    ]
  }

  func sync(_ signedIn: SignedIn) async throws -> Reply {
    let (request, caller) = (signedIn.request, signedIn.caller)
    let body = try SyncRequest(try request.json(), from: caller.device)
    let pipeline = body.pipeline(
      by: Pusher(signedIn), charge: signedIn.limits.bytes.charge(caller.account, bytes: request.body.count))
    let (verdicts, page) = body.push.isEmpty ? try signedIn.read(pipeline) : try signedIn.write(pipeline)
    let (changes, progress) = (page.changes, page.progress)
    var reply = JSONObject([
      ("cursor", .string(changes.cursor.text)), ("more", .bool(changes.more)), ("accepted", verdicts.accepted),
      ("verdicts", verdicts.json), ("changes", changes.json), ("progress", progress.json),
      ("detail", .string(progress.detail.rawValue)), ("digest", .string(progress.digest.text)),
      ("device", page.device.json), ("poll", ["afterMs": JSON(changes.more ? 0 : SyncEndpoint.pollMs)]),
    ])
    // Whoever has this machine hears of a way in that needs none of the account's machines.
    if let since = page.loginSince { reply["account"] = ["login": ["since": JSON(since)]] }
    if let holdings = changes.holdings {
      reply["restart"] = true
      reply["holdings"] = holdings
    }
    return Reply(200, json: JSON.object(reply).noting(verdicts.notices))
  }

  /// How long a client with nothing to say may wait: 600 invocations a minute serve that many more people.
  private static let pollMs = 300_000
}

extension Pusher {
  init(_ signedIn: SignedIn) {
    self.init(
      caller: signedIn.caller, now: Timestamp(signedIn.context.now), requestID: signedIn.context.requestID)
  }
}

/// What every sync reads behind its writes, all of one snapshot.
package struct SyncPage {
  let changes: Changes
  let progress: Progress
  let device: DeviceState
  /// Since when somebody can sign in without any of the account's machines.
  let loginSince: Date?

  package static func pipeline(of caller: Caller, for request: SyncRequest) -> Pipeline<SyncPage> {
    Pipeline(
      Changes.query(
        of: caller, after: request.cursor, limit: request.limit, includingOwn: request.includesOwn),
      row: SyncPage.init)
  }

  private init(_ row: Row) throws {
    changes = try Changes(row)
    progress = try Progress(row)
    device = try DeviceState(row)
    loginSince = try row["login_since"]
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
