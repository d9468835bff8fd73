import Backend
import Postgres
import StrictJSON

/// Deletes sessions of any device of the account: each leaves a tombstone that wins for ever
/// (`breath.push_deletions`). Must run where `StoreSessions` may.
struct DeleteSessions {
  let pusher: Pusher
  let deletions: [PushedDeletion]

  var pipeline: Pipeline<Verdicts> {
    Pipeline(
      """
      SELECT place, status FROM breath.push_deletions(
        \(pusher.caller.account.uuid), \(pusher.caller.device.uuid), \(pusher.requestID),
        \(deletions.map(\.device.uuid)), \(deletions.map(\.session)))
      """,
      rows: { rows in
        try Verdicts(rows, of: deletions) { item, outcome, _ in Verdict(outcome, item.pointer, id: item.session) }
      })
  }
}
