import FoundationEssentials
import FunctionRuntime
import Postgres
import StrictJSON

/// Merges of the caller's account, and taking one apart again.
extension AuthEndpoint {
  func merges(_ request: Request, _ context: Context) async throws -> Reply {
    let services = try await endpoint.services()
    let caller = try await services.authenticator.caller(of: request)
    let (results, headers) = try services.pipeline(
      for: caller, locking: false,
      [
        """
        SELECT merge_id, merged_at, undone_at, source, devices FROM breath.merges
        WHERE account_id = \(caller.account.uuid)
        ORDER BY merged_at DESC
        LIMIT \(Merge.listedMax)
        """
      ], context)
    let merges = try results[0].compactMap { try Merge($0)?.json(now: context.now) }
    return Reply(200, json: ["merges": .array(merges)], headers: headers)
  }

  /// Not locking: the function takes both accounts' rows itself, in their order, and looks at the device again.
  func undoMerge(_ request: Request, _ context: Context) async throws -> Reply {
    let services = try await endpoint.services()
    let caller = try await services.authenticator.caller(of: request)
    let body = try request.object(of: ["/merge"])
    guard let merge = UUID(uuidString: try body["merge"].string(length: 1...64)) else {
      throw body["merge"].mismatch("invalid_uuid", "must be a merge's id, as GET /pairing/merges lists it")
    }
    let (results, headers) = try services.pipeline(
      for: caller, locking: false,
      [
        """
        SELECT outcome FROM breath.undo_merge(
          \(caller.account.uuid), \(caller.device.uuid), \(caller.tokenGeneration), \(merge))
        """
      ], context)
    switch try results[0].only["outcome"] as String? {
    case "undone"?: return Reply(200, json: ["merge": .string(merge.lowercased), "undone": true], headers: headers)
    case nil: throw Problem.notFound()
    default:
      throw Problem.conflict(
        code: "undo_expired", detail: "A merge can be undone for thirty days. This one is older, and stays.")
    }
  }
}
