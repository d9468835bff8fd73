import BreathDomain
package import Postgres

// The plans of an account as columns of one row, wherever a streak is computed.

extension PlanHistory {
  static let columns: SQL =
    "p.plan_dates, p.daily_minutes, p.weekly_minutes, p.weekly_days, p.rest_days, p.freezes_from"

  /// To a query that has the account as `a`.
  static let join: SQL = """
    CROSS JOIN LATERAL (
      SELECT array_agg(from_date) AS plan_dates, array_agg(daily_minutes) AS daily_minutes,
        array_agg(weekly_minutes) AS weekly_minutes, array_agg(weekly_days) AS weekly_days,
        array_agg(rest_days) AS rest_days, (a.created_at AT TIME ZONE 'UTC')::date AS freezes_from
      FROM (SELECT * FROM breath.plans WHERE plans.account_id = a.account_id ORDER BY from_date) AS plans
    ) AS p
    """

  package init(_ row: Row) throws(PostgresError) {
    let dates: [LocalDate] = try row["plan_dates"] ?? []
    let daily: [Int16?] = try row["daily_minutes"] ?? []
    let weekly: [Int16?] = try row["weekly_minutes"] ?? []
    let days: [Int16?] = try row["weekly_days"] ?? []
    let rest: [Int16] = try row["rest_days"] ?? []
    self.init(
      dates.indices.map { index in
        let plan = Plan(
          dailyMinutes: daily[index].map(Int.init), weeklyMinutes: weekly[index].map(Int.init),
          weeklyDays: days[index].map(Int.init), restDays: Weekdays(bits: UInt8(truncatingIfNeeded: rest[index])))
        return (dates[index], plan)
      }, freezesFrom: try row["freezes_from"])
  }
}
