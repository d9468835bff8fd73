package import Backend
package import FunctionRuntime
import Postgres
package import StrictJSON

/// The nightly work: removes what has expired, in batches, until it is done or its time is nearly up. What a push keeps
/// right is not touched. Idempotent, one at a time, resumable: the next call goes on where this one stopped.
package struct Maintenance {
  let endpoint: Endpoint

  package init(_ endpoint: Endpoint) { self.endpoint = endpoint }

  /// What there is to do, in order; each statement removes at most a batch and answers how many.
  private static let tasks: [(name: String, statement: SQL)] = [
    (
      "refreshSessions",
      "SELECT breath.remove_old_refresh_sessions(\(batch)) AS removed WHERE breath.begin_maintenance()"
    ),
    ("pairingCodes", "SELECT breath.remove_old_pairing_codes(\(batch)) AS removed WHERE breath.begin_maintenance()"),
    ("deviceGrants", "SELECT breath.remove_old_device_grants(\(batch)) AS removed WHERE breath.begin_maintenance()"),
    ("signIns", "SELECT breath.remove_old_sign_ins(\(batch)) AS removed WHERE breath.begin_maintenance()"),
    ("rateLimits", "SELECT breath.remove_old_rate_limits(\(batch)) AS removed WHERE breath.begin_maintenance()"),
    ("logins", "SELECT breath.remove_old_logins(\(batch)) AS removed WHERE breath.begin_maintenance()"),
    ("pushLedger", "SELECT breath.remove_old_pushes(\(batch)) AS removed WHERE breath.begin_maintenance()"),
    (
      "unseenAccounts",
      "SELECT breath.erase_unseen_accounts(\(accountBatch)) AS removed WHERE breath.begin_maintenance()"
    ),
  ]

  /// Owners of unused accounts, before any such account is erased.
  private static let asking: SQL =
    "SELECT breath.warn_unseen_accounts(\(batch)) AS removed WHERE breath.begin_maintenance()"

  private static let batch: Int32 = 5000
  /// An account may have years of sessions; a batch must end well within the statement timeout.
  private static let accountBatch: Int32 = 20
  private static let reserve = Duration.seconds(10)

  /// Answers an event that is no HTTP request: `{"task": "nightly"}`, as the schedule sends it.
  /// - Returns: `{"complete", "asked": owners, "removed": {task: rows}}`; not complete when time ran out or another call is
  ///   at it.
  package func run(_ event: JSON, _ context: Context) async throws -> JSON {
    guard event["task"]?.string ?? "nightly" == "nightly" else {
      throw Problem(422, code: "unknown_task", detail: "task must be \"nightly\".")
    }
    let services = try await endpoint.services()
    var removed = JSONObject()
    var isComplete = true
    let asked = try repeated(Maintenance.asking, services, context, &isComplete)
    for task in Maintenance.tasks {
      let count = try repeated(task.statement, services, context, &isComplete)
      removed[task.name] = .integer(count)
    }
    context.log(
      .info, "maintenance",
      ["complete": .bool(isComplete), "asked": .integer(asked), "removed": .object(removed)])
    return ["complete": .bool(isComplete), "asked": .integer(asked), "removed": .object(removed)]
  }

  /// Batch after batch, until there is none left.
  private func repeated(
    _ statement: SQL, _ services: Services, _ context: Context, _ isComplete: inout Bool
  ) throws -> Int64 {
    var sum: Int64 = 0
    while context.deadline - .now > Maintenance.reserve {
      let count = try services.database.run(
        in: context, Pipeline(statement, first: { row in try row["removed"] as Int64 }))
      guard let count else { break }  // another is at it
      sum += count
      if count == 0 { return sum }
    }
    isComplete = false
    return sum
  }
}
