import BreathDomain
import Postgres
import StrictJSON

/// The last thirty days, summed over devices.
struct RecentDays {
  private let days: [DayTotal]

  static func query(for caller: Caller) -> SQL {
    """
    SELECT t.local_date, sum(t.sessions)::bigint AS sessions, sum(t.active_ms)::bigint AS active_ms,
      sum(t.cycles)::bigint AS cycles, sum(t.xp)::bigint AS xp
    FROM breath.day_totals t
    JOIN breath.accounts a USING (account_id)
    JOIN breath.devices d ON d.account_id = a.account_id AND d.device_id = \(caller.device.uuid)
    WHERE t.account_id = \(caller.account.uuid) AND t.local_date
      > \(LocalDate.today) - 31
    GROUP BY t.local_date
    """
  }

  init(_ result: ResultSet) throws {
    days = try result.map { row in
      let date: PostgresDate = try row["local_date"]
      return DayTotal(
        date: LocalDate(date), sessions: try row["sessions"], activeMs: try row["active_ms"],
        cycles: try row["cycles"], xp: try row["xp"])
    }
  }

  func json(from: LocalDate, to: LocalDate) -> JSON {
    let inside = days.filter { (from...to).contains($0.date) }
    return [
      "from": .string("\(from)"), "to": .string("\(to)"),
      "practisedDays": JSON(inside.count { $0.sessions > 0 }), "days": JSON((from...to).dayCount),
      "sessions": .integer(inside.reduce(0) { $0 + $1.sessions }),
      "activeMs": .integer(inside.reduce(0) { $0 + $1.activeMs }),
      "cycles": .integer(inside.reduce(0) { $0 + $1.cycles }), "xp": .integer(inside.reduce(0) { $0 + $1.xp }),
    ]
  }
}
