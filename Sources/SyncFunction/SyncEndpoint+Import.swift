import Backend
import BreathDomain
import FunctionRuntime
import Postgres
import Practice
import StrictJSON

/// `POST /v1/sync/import?detail=…&dryRun=…`: the extension's own export file, as it is.
extension SyncEndpoint {
  func importExport(_ signedIn: SignedIn) async throws -> Reply {
    let (request, caller) = (signedIn.request, signedIn.caller)
    let detail = try request.query.detail
    let isDryRun = try request.query.flag("dryRun")
    let export = try ExportFile(try request.jsonFile(.importFile))
    let push = try Push(export, from: caller.device, reset: request.query.timestamp("reset"))
    // A person asks for this one import to be kept in full; a key pushes within the tier that is there.
    let choice = detail == .sessions && !caller.isKey ? Detail.sessions.choose(caller).map { _ in } : Pipeline(of: ())
    let store = StorePush(
      push, sessions: detail == .days ? .fold : .ifSharedElseFold(isListed: false), by: Pusher(signedIn))
    let progressAfter = Pipeline(Progress.query(for: Viewer(caller)), row: Progress.init)
    let (verdicts, progress): (Verdicts, Progress)
    if isDryRun {
      (_, verdicts, progress) = try signedIn.rehearse(choice, store.pipeline, progressAfter)
    } else {
      let charge = signedIn.limits.bytes.charge(caller.account, bytes: request.body.count)
      (_, _, verdicts, progress) = try signedIn.write(charge, choice, store.pipeline, progressAfter)
    }
    let reply: JSON = [
      "dryRun": .bool(isDryRun), "salvaged": .bool(export.wasSalvaged), "accepted": verdicts.accepted,
      "verdicts": verdicts.listedJSON, "verdictsOmitted": JSON(verdicts.verdictsOmitted), "progress": progress.json,
      "detail": .string(progress.detail.rawValue), "digest": .string(progress.digest.text),
    ]
    let isRefused = caller.isKey && detail == .sessions && progress.detail == .days
    return Reply(200, json: reply.noting(isRefused ? [.detailNotForKeys] : []))
  }
}
