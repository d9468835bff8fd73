import Postgres

/// Carries what a statement changed in the day totals over to the device's sums.
enum SumDays {
  /// Day totals as they are before the statement, for the dates in the named query.
  static func before(_ dates: StaticString, _ account: SQL, _ device: SQL) -> SQL {
    """
    SELECT t.sessions, t.active_ms, t.cycles, t.xp
      FROM \(raw: dates) g
      CROSS JOIN LATERAL (
        SELECT * FROM breath.day_totals
        WHERE account_id = \(account) AND local_date = g.local_date AND device_id = \(device)
        LIMIT 1
      ) t
    """
  }

  /// Expects the names `before` (the days' totals as they were) and `days` (as they are now, with their versions).
  static func ofDevice(_ account: SQL, _ device: SQL) -> SQL {
    """
    device AS (
      UPDATE breath.devices d SET
        sessions = d.sessions + change.sessions, active_ms = d.active_ms + change.active_ms,
        cycles = d.cycles + change.cycles, xp = d.xp + change.xp, rows_version = change.version
      FROM (
        SELECT sum(sessions)::bigint AS sessions, sum(active_ms)::bigint AS active_ms,
          sum(cycles)::bigint AS cycles, sum(xp)::bigint AS xp, max(version) AS version
        FROM (
          SELECT version, sessions, active_ms, cycles, xp FROM days
          UNION ALL
          SELECT NULL, -sessions, -active_ms, -cycles, -xp FROM before
        ) AS both_sides
      ) AS change
      WHERE d.account_id = \(account) AND d.device_id = \(device) AND change.sessions IS NOT NULL
    )
    """
  }
}
