package import Backend
package import Postgres

/// The privacy tiers, the one that shares least first.
package enum Detail: String, Sendable, CaseIterable, PostgresBindable, PostgresDecodable {
  /// Day totals only: the default.
  case days
  /// Single sessions as well: an explicit choice, recorded.
  case sessions
}

extension Detail {
  /// Moves the account to this tier and records the choice, once. Back to `days` removes what is stored in more detail.
  package func choose(_ caller: Caller) -> Pipeline<(removedSessions: Int64, keptDays: Int64)> {
    Pipeline(
      """
      SELECT removed_sessions, kept_days
      FROM breath.choose_detail(\(caller.account.uuid), \(caller.device.uuid), \(self))
      """,
      row: { row in (removedSessions: try row["removed_sessions"], keptDays: try row["kept_days"]) })
  }
}
