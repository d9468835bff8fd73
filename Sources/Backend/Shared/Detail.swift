import Postgres

/// The privacy tiers, the one that shares least first.
enum Detail: String, Sendable, CaseIterable {
  /// Day totals only: the default.
  case days
  /// Single sessions as well: an explicit choice, recorded.
  case sessions
}

extension Detail {
  /// Records that the person chose to share single sessions, once.
  static func chooseSessions(_ caller: Caller) -> SQL {
    """
    WITH chosen AS (
      UPDATE breath.accounts SET detail = 'sessions'
      WHERE account_id = \(caller.account.uuid) AND detail <> 'sessions'
      RETURNING account_id
    )
    INSERT INTO breath.consents (account_id, device_id, subject, choice)
    SELECT account_id, \(caller.device.uuid), 'detail', 'sessions' FROM chosen
    """
  }
}
