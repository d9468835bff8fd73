import Backend
import BreathDomain
import FunctionRuntime
import Postgres
import Practice
import StrictJSON

/// `PUT /v1/sync/detail` `{"detail": "days" | "sessions"}`: which privacy tier the account is on. Going back to `days` is the
/// one call that removes what others may not have asked for, so it is a call of its own (docs/decisions/0006).
extension SyncEndpoint {
  func chooseDetail(_ signedIn: SignedIn) async throws -> Reply {
    let detail = try Detail(try signedIn.request.json().object()["detail"])
    let caller = signedIn.caller
    let (change, progress) = try signedIn.write(
      detail.choose(caller), Pipeline(Progress.query(for: Viewer(caller)), row: Progress.init))
    return Reply(
      200,
      json: [
        "detail": .string(progress.detail.rawValue), "removedSessions": .integer(change.removedSessions),
        "keptDays": .integer(change.keptDays), "progress": progress.json, "digest": .string(progress.digest.text),
      ])
  }
}
