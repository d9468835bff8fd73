import BreathDomain
import Postgres
import StrictJSON

/// `/days?from=&to=`: the totals of each local date with practice; both ends included.
struct DayRange {
  let from, to: LocalDate?

  static let daysMax = 3660
  /// Without `from`: so many days up to `to`.
  private static let daysDefault = 30

  /// Without `to`: up to the caller's today, and on: a device in another zone may be a day ahead.
  func query(for caller: Caller) -> SQL {
    """
    WITH bounds AS (
      SELECT coalesce(\(from?.postgres), coalesce(\(to?.postgres), today) - \(Int32(DayRange.daysDefault - 1)))
          AS first_date,
        coalesce(\(to?.postgres), greatest(today + 1, \(from?.postgres))) AS last_date
      FROM (
        SELECT \(LocalDate.today)
          AS today
        FROM breath.accounts a JOIN breath.devices d USING (account_id)
        WHERE a.account_id = \(caller.account.uuid) AND d.device_id = \(caller.device.uuid)
      ) t
    ), days AS (
      SELECT t.local_date, sum(t.sessions)::bigint AS sessions, sum(t.active_ms)::bigint AS active_ms,
        sum(t.cycles)::bigint AS cycles, sum(t.xp)::bigint AS xp
      FROM breath.day_totals t, bounds
      WHERE t.account_id = \(caller.account.uuid)
        AND t.local_date BETWEEN greatest(first_date, last_date - \(Int32(DayRange.daysMax - 1))) AND last_date
      GROUP BY t.local_date
    )
    SELECT bounds.first_date, bounds.last_date,
      (SELECT coalesce(string_agg(
        '{"date":"' || local_date || '","sessions":' || sessions || ',"activeMs":' || active_ms
          || ',"cycles":' || cycles || ',"xp":' || xp || '}', ',' ORDER BY local_date), '') FROM days) AS items,
      (SELECT count(*) FROM days WHERE sessions > 0) AS practised_days,
      (SELECT coalesce(sum(sessions), 0)::bigint FROM days) AS sessions,
      (SELECT coalesce(sum(active_ms), 0)::bigint FROM days) AS active_ms,
      (SELECT coalesce(sum(cycles), 0)::bigint FROM days) AS cycles,
      (SELECT coalesce(sum(xp), 0)::bigint FROM days) AS xp
    FROM bounds
    """
  }

  static func json(_ row: Row) throws -> JSON {
    let first: PostgresDate = try row["first_date"]
    let last: PostgresDate = try row["last_date"]
    let items: String = try row["items"]
    let practisedDays: Int64 = try row["practised_days"]
    return [
      "from": .string("\(first)"), "to": .string("\(last)"), "days": .raw("[\(items)]"),
      "totals": [
        "practisedDays": .integer(practisedDays), "sessions": .integer(try row["sessions"]),
        "activeMs": .integer(try row["active_ms"]), "cycles": .integer(try row["cycles"]),
        "xp": .integer(try row["xp"]),
      ],
    ]
  }
}
