import BreathDomain
import Postgres
import StrictJSON

/// Stores day totals that a device reports. A report only ever grows: of two for one day each number keeps the larger,
/// so that repeating a push changes nothing. Must run after `lock_account` in the same flight.
enum StoreDays {
  /// - Returns: a statement that answers one row: how many days grew.
  static func statement(_ days: [DayTotal], _ caller: Caller) -> SQL {
    store(
      """
      SELECT * FROM unnest(
        \(days.map(\.date.postgres)), \(days.map(\.sessions)), \(days.map(\.activeMs)), \(days.map(\.cycles)),
        \(days.map(\.xp))
      ) AS i (local_date, sessions, active_ms, cycles, xp)
      """, caller)
  }

  /// Day totals of sessions that are not kept themselves; PostgreSQL knows which date an instant falls on.
  /// - Parameter onlyIfDays: do nothing for an account that shares single sessions.
  static func statement(folding sessions: [Session], onlyIfDays: Bool, _ caller: Caller) -> SQL {
    store(
      """
      SELECT ((s.started_at AT TIME ZONE d.time_zone) - a.day_start_minutes * interval '1 minute')::date
          AS local_date,
        count(*) AS sessions, sum(s.active_ms)::bigint AS active_ms, sum(s.cycles)::bigint AS cycles,
        sum(s.xp)::bigint AS xp
      FROM unnest(
        \(sessions.map(\.startedAt.date)), \(sessions.map(\.countedMs)), \(sessions.map { max(0, $0.cycles) }),
        \(sessions.map(\.xp))
      ) AS s (started_at, active_ms, cycles, xp)
      CROSS JOIN breath.accounts a JOIN breath.devices d USING (account_id)
      WHERE a.account_id = \(caller.account.uuid) AND d.device_id = \(caller.device.uuid)
        AND (a.detail = 'days' OR NOT \(onlyIfDays))
      GROUP BY 1
      """, caller)
  }

  private static func store(_ incoming: SQL, _ caller: Caller) -> SQL {
    let account: SQL = "\(caller.account.uuid)"
    let device: SQL = "\(caller.device.uuid)"
    return """
      WITH incoming AS (
        \(incoming)
      ), grown AS (
        SELECT i.*, row_number() OVER (ORDER BY i.local_date) AS position
        FROM incoming i
        LEFT JOIN LATERAL (
          SELECT * FROM breath.day_totals
          WHERE account_id = \(account) AND local_date = i.local_date AND device_id = \(device)
          LIMIT 1
        ) t ON true
        WHERE t.local_date IS NULL OR i.sessions > t.reported_sessions OR i.active_ms > t.reported_active_ms
          OR i.cycles > t.reported_cycles OR i.xp > t.reported_xp
      ), before AS (
        \(SumDays.before("grown", account, device))
      ), days AS (
        INSERT INTO breath.day_totals AS t (
          account_id, local_date, device_id, version, reported_sessions, reported_active_ms, reported_cycles,
          reported_xp)
        SELECT \(account), g.local_date, \(device), a.version + g.position, g.sessions, g.active_ms, g.cycles, g.xp
        FROM grown g CROSS JOIN breath.accounts a
        WHERE a.account_id = \(account)
        ON CONFLICT (account_id, local_date, device_id) DO UPDATE SET
          version = excluded.version,
          reported_sessions = greatest(t.reported_sessions, excluded.reported_sessions),
          reported_active_ms = greatest(t.reported_active_ms, excluded.reported_active_ms),
          reported_cycles = greatest(t.reported_cycles, excluded.reported_cycles),
          reported_xp = greatest(t.reported_xp, excluded.reported_xp)
        RETURNING t.local_date, t.sessions, t.active_ms, t.cycles, t.xp
      ), \(SumDays.ofDevice(account, device)), account AS (
        UPDATE breath.accounts SET
          version = version + (SELECT count(*) FROM days),
          practised = practised
            + coalesce((SELECT range_agg(daterange(local_date, local_date, '[]')) FROM days WHERE sessions > 0), '{}')
        WHERE account_id = \(account) AND EXISTS (SELECT FROM days)
      )
      SELECT i.local_date, g.local_date IS NOT NULL AS has_grown
      FROM incoming i LEFT JOIN grown g USING (local_date)
      """
  }

  /// - Parameter places: where each date was pushed. The dates of a folded import stand nowhere in it, so they are
  ///   counted and not listed.
  static func judge(
    _ result: ResultSet, places: [LocalDate: JSONPointer], into verdicts: inout Verdicts
  ) throws(PostgresError) {
    for row in result {
      let date: PostgresDate = try row["local_date"]
      let hasGrown: Bool = try row["has_grown"]
      let day = LocalDate(date)
      if hasGrown {
        verdicts.addStored(1)
      } else if let place = places[day] {
        verdicts.add(Verdict(place, id: "\(day)", .duplicate))
      } else {
        verdicts.addUnlistedDuplicate()
      }
    }
  }
}
