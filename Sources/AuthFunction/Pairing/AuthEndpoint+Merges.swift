import Backend
import FoundationEssentials
import FunctionRuntime
import Postgres
import StrictJSON

/// Merges of the caller's account, and taking one apart again.
extension AuthEndpoint {
  func merges(_ signedIn: SignedIn) async throws -> Reply {
    let merges = try signedIn.read(
      Pipeline(
        """
        SELECT merge_id, merged_at, undone_at, source, devices FROM breath.merges
        WHERE account_id = \(signedIn.caller.account.uuid)
        ORDER BY merged_at DESC
        LIMIT \(Merge.listedMax)
        """, each: { row in try Merge(row) }))
    return Reply(200, json: ["merges": .array(merges.compactMap { $0?.json(now: signedIn.context.now) })])
  }

  /// Without the caller's lock: the function takes both accounts' rows itself, in their order, and looks at the device again.
  func undoMerge(_ signedIn: SignedIn) async throws -> Reply {
    let (body, caller) = (try signedIn.request.object(of: ["/merge"]), signedIn.caller)
    guard let merge = UUID(uuidString: try body["merge"].string(length: 1...64)) else {
      throw body["merge"].mismatch("invalid_uuid", "must be a merge's id, as GET /pairing/merges lists it")
    }
    let outcome = try signedIn.read(
      Pipeline(
        """
        SELECT outcome FROM breath.undo_merge(
          \(caller.account.uuid), \(caller.device.uuid), \(caller.tokenGeneration), \(merge))
        """, row: { row in try row["outcome"] as UndoOutcome? }))
    switch outcome {
    case .undone: return Reply(200, json: ["merge": .string(merge.lowercased), "undone": true])
    case .expired:
      throw Problem.conflict(
        code: "undo_expired", detail: "A merge can be undone for thirty days. This one is older, and stays.")
    case nil: throw Problem.notFound()
    }
  }
}

/// What came of undoing a merge (`breath.undo_merge`), where the account has such a one.
package enum UndoOutcome: String, CaseIterable, PostgresDecodable {
  case undone, expired
}
