import BreathDomain
import FunctionRuntime
import Postgres
import StrictJSON

/// `POST /v1/sync/import?detail=…&dryRun=…`: the extension's own export file, as it is.
extension SyncEndpoint {
  func importExport(_ request: Request, _ context: Context) async throws -> Reply {
    let services = try await endpoint.services()
    let caller = try await services.authenticator.caller(of: request, for: .sync)
    let detail = try request.query.detail
    let isDryRun = try request.query.flag("dryRun")
    let export = try ExportFile(try request.jsonFile(.importFile))
    var pipeline = PushPipeline(caller, now: Timestamp(context.now), requestID: context.requestID)
    if !isDryRun {
      pipeline.charge(services.configuration.limits.bytes.charge(caller.account, bytes: request.body.count))
    }
    // A person asks for this one import to be kept in full; a key pushes within the tier that is there.
    if detail == .sessions, !caller.isKey { pipeline.choose(.sessions) }
    pipeline.store(
      try Push(export, from: caller.device, reset: request.query.timestamp("reset")),
      sessions: detail == .days ? .fold : .ifSharedElseFold(isListed: false))
    var statements = pipeline.statements + [Progress.query(for: Viewer(caller))]
    // Rolled back inside the pipeline: the report is of what really would have happened. That somebody asked stays counted.
    if isDryRun { statements += ["ROLLBACK", caller.charge(services.configuration.limits.device)] }
    let (results, headers) = try services.pipeline(
      for: caller, locking: true, opening: isDryRun ? "BEGIN" : nil, statements, context)
    let verdicts = try pipeline.judge(results)
    let progress = try Progress(results[pipeline.statements.count].only)
    let reply: JSON = [
      "dryRun": .bool(isDryRun), "salvaged": .bool(export.wasSalvaged), "accepted": verdicts.accepted,
      "verdicts": verdicts.listedJSON, "verdictsOmitted": JSON(verdicts.verdictsOmitted), "progress": progress.json,
      "detail": .string(progress.detail.rawValue), "digest": .string(progress.digest.text),
    ]
    let isRefused = caller.isKey && detail == .sessions && progress.detail == .days
    return Reply(200, json: reply.noting(isRefused ? [.detailNotForKeys] : []), headers: headers)
  }
}
