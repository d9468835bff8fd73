import Postgres
import StrictJSON

/// Deletes sessions of any device of the account: each leaves a tombstone that wins for ever
/// (`breath.delete_sessions`).
struct DeleteSessions {
  let caller: Caller
  let deletions: [PushedDeletion]
  let requestID: String

  /// Answers a row for each deletion: what became of it.
  var statement: SQL {
    """
    WITH judged AS (
      SELECT place AS position, status, (\(deletions.map(\.session)))[place] AS session_id
      FROM breath.delete_sessions(
        \(caller.account.uuid), \(caller.device.uuid), \(deletions.map(\.device.uuid)), \(deletions.map(\.session)))
    ), \(LedgerEntry.of("deletions", caller, requestID, id: "j.session_id"))
    SELECT j.position, j.status FROM judged j ORDER BY j.position
    """
  }

  func judge(_ result: ResultSet, into verdicts: inout Verdicts) throws(PostgresError) {
    for row in result {
      let position: Int32 = try row["position"]
      let item = deletions[Int(position) - 1]
      if let status: String = try row["status"] {
        verdicts.add(Verdict(status: status, item.pointer, id: item.session))
      } else {
        verdicts.addStored(1)
      }
    }
  }
}
