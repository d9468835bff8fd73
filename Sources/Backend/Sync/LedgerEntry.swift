import Postgres
import StrictJSON

/// A line in the person's own ledger of pushes, written by the statement that stores the items.
enum LedgerEntry {
  /// So many items are named, the others counted.
  private static let namedMax: Int32 = 100

  /// Expects the name `judged`, with a `position` from 1 and a `status` that is NULL for what was stored, as `j`. Sessions
  /// have theirs from `store_sessions`.
  /// - Parameter id: what to call an item, in terms of `j`.
  static func of(_ kind: StaticString, _ caller: Caller, _ requestID: String, id: StaticString) -> SQL {
    """
    ledger AS (
      INSERT INTO breath.push_ledger (account_id, device_id, request_id, kind, stored, duplicate, rejected, verdicts)
      SELECT \(caller.account.uuid), \(caller.device.uuid), \(requestID), '\(raw: kind)',
        count(*) FILTER (WHERE status IS NULL), count(*) FILTER (WHERE status = 'duplicate'),
        count(*) FILTER (WHERE status <> 'duplicate'),
        jsonb_agg(jsonb_build_object('id', \(raw: id), 'status', status))
          FILTER (WHERE status <> 'duplicate' AND position <= \(namedMax))
      FROM judged j
      HAVING count(*) > 0
    )
    """
  }

  /// A line about items that could not be read.
  static func unreadable(_ verdicts: [Verdict], _ caller: Caller, _ requestID: String) -> SQL {
    let items: JSON = .array(
      verdicts.prefix(Int(namedMax)).map { verdict in
        [
          "id": JSON(verdict.id), "status": "rejected", "code": JSON(verdict.code),
          "pointer": .string("\(verdict.pointer)"),
        ]
      })
    return """
      INSERT INTO breath.push_ledger (account_id, device_id, request_id, kind, stored, duplicate, rejected, verdicts)
      VALUES (\(caller.account.uuid), \(caller.device.uuid), \(requestID), 'unreadable', 0, 0,
        \(Int32(verdicts.count)), \(items.text)::jsonb)
      """
  }
}
