import BreathDomain
import FunctionRuntime
import Postgres
import StrictJSON

/// `PUT /v1/sync/detail` `{"detail": "days" | "sessions"}`: which privacy tier the account is on. Going back to `days` is the
/// one call that removes what others may not have asked for, so it is a call of its own (docs/decisions/0006).
extension SyncEndpoint {
  func chooseDetail(_ request: Request, _ context: Context) async throws -> Reply {
    let services = try await endpoint.services()
    let caller = try await services.authenticator.caller(of: request)
    let detail = try Detail(try request.json().object()["detail"])
    let (results, headers) = try services.pipeline(
      for: caller, locking: true, [detail.choose(caller), Progress.query(for: Viewer(caller))], context)
    let change = try results[0].only
    let progress = try Progress(results[1].only)
    return Reply(
      200,
      json: [
        "detail": .string(progress.detail.rawValue), "removedSessions": .integer(try change["removed_sessions"]),
        "keptDays": .integer(try change["kept_days"]), "progress": progress.json,
        "digest": .string(progress.digest.text),
      ], headers: headers)
  }
}
