import BreathDomain
import FunctionRuntime
import Postgres
import StrictJSON

/// `POST /v1/sync/import?detail=…&dryRun=…`: the extension's own export file, as it is.
extension SyncEndpoint {
  func importExport(_ request: Request, _ context: Context) async throws -> Reply {
    let services = try await endpoint.services()
    let caller = try await services.authenticator.caller(of: request)
    let detail = try request.query.detail
    let isDryRun = try request.query.flag("dryRun")
    let export = try ExportFile(try request.json(.importFile))
    var flight = PushFlight(caller, now: Timestamp(context.now))
    if detail == .sessions { flight.chooseSessions() }
    flight.store(Push(export), sessions: detail == .days ? .fold : .ifSharedElseFold)
    var statements = flight.statements + [Progress.query(for: caller)]
    // Rolled back inside the flight: the report is of what really would have happened.
    if isDryRun { statements.append("ROLLBACK") }
    let (results, headers) = try services.flight(
      for: caller, locking: true, opening: isDryRun ? "BEGIN" : nil, statements, context)
    let verdicts = try flight.judge(results)
    let progress = try Progress(results[flight.statements.count].only)
    return Reply(
      200,
      json: [
        "dryRun": .bool(isDryRun), "salvaged": .bool(export.wasSalvaged), "accepted": verdicts.accepted,
        "verdicts": verdicts.listedJSON, "verdictsOmitted": JSON(verdicts.verdictsOmitted), "progress": progress.json, "detail": .string(progress.detail.rawValue),
        "digest": .string(progress.digest.text),
      ], headers: headers)
  }
}

extension Query {
  var detail: Detail? {
    get throws {
      guard let text = self["detail"] else { return nil }
      guard let detail = Detail(rawValue: text) else {
        throw Problem(400, code: "invalid_query", detail: "detail must be \"days\" or \"sessions\".")
      }
      return detail
    }
  }

  /// False when absent; `?dryRun` alone means true.
  func flag(_ name: String) throws -> Bool {
    switch self[name] {
    case nil, "false"?: return false
    case "true"?, ""?: return true
    default: throw Problem(400, code: "invalid_query", detail: "\(name) must be \"true\" or \"false\".")
    }
  }

  func integer(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
    guard let text = self[name] else { return nil }
    guard let value = Int(text), range.contains(value) else {
      throw Problem(
        400, code: "invalid_query", detail: "\(name) must be between \(range.lowerBound) and \(range.upperBound).")
    }
    return value
  }

  func date(_ name: String) throws -> LocalDate? {
    guard let text = self[name] else { return nil }
    guard let date = LocalDate(text) else {
      throw Problem(400, code: "invalid_query", detail: "\(name) must be a date like 2025-08-27.")
    }
    return date
  }
}
