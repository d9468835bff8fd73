import Postgres

/// Carries what a statement changed in the day totals over to the device's sums, without looking them up again: what a day
/// counted before follows from what it counts now and what came in.
enum SumDays {
  /// The columns of a day total that `days` must return, as `t`.
  static let returned: SQL = """
    t.local_date, t.version, t.sessions, t.active_ms, t.cycles, t.xp, t.reported_sessions, t.reported_active_ms,
          t.reported_cycles, t.reported_xp, t.derived_sessions, t.derived_active_ms, t.derived_cycles, t.derived_xp
    """

  /// Sessions came in: `gained` by date, on top of what was derived before.
  static func ofDevice(_ account: SQL, _ device: SQL, gained: StaticString) -> SQL {
    carry(
      account, device,
      """
      SELECT max(t.version) AS version,
          sum(t.sessions - greatest(t.reported_sessions, t.derived_sessions - g.sessions))::bigint AS sessions,
          sum(t.active_ms - greatest(t.reported_active_ms, t.derived_active_ms - g.active_ms))::bigint AS active_ms,
          sum(t.cycles - greatest(t.reported_cycles, t.derived_cycles - g.cycles))::bigint AS cycles,
          sum(t.xp - greatest(t.reported_xp, t.derived_xp - g.xp))::bigint AS xp
        FROM days t JOIN \(raw: gained) g USING (local_date)
      """)
  }

  /// Reports came in: `grown` has what was reported before, NULL for a new day.
  static func ofDevice(_ account: SQL, _ device: SQL, grown: StaticString) -> SQL {
    carry(
      account, device,
      """
      SELECT max(t.version) AS version,
          sum(t.sessions - greatest(g.reported_sessions, t.derived_sessions))::bigint AS sessions,
          sum(t.active_ms - greatest(g.reported_active_ms, t.derived_active_ms))::bigint AS active_ms,
          sum(t.cycles - greatest(g.reported_cycles, t.derived_cycles))::bigint AS cycles,
          sum(t.xp - greatest(g.reported_xp, t.derived_xp))::bigint AS xp
        FROM days t JOIN \(raw: grown) g USING (local_date)
      """)
  }

  private static func carry(_ account: SQL, _ device: SQL, _ change: SQL) -> SQL {
    """
    device AS (
      UPDATE breath.devices d SET
        sessions = d.sessions + change.sessions, active_ms = d.active_ms + change.active_ms,
        cycles = d.cycles + change.cycles, xp = d.xp + change.xp, rows_version = change.version
      FROM (
        \(change)
      ) AS change
      WHERE d.account_id = \(account) AND d.device_id = \(device) AND change.version IS NOT NULL
    )
    """
  }
}
