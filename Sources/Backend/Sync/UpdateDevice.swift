import BreathDomain
import Postgres

/// Writes to the caller's own row. Each takes a version only when something changes, so a call without news costs a
/// look and no write.
enum UpdateDevice {
  /// A new name or zone. Sessions stored later in the same flight already belong to the new zone's dates; an unknown
  /// zone raises SQLSTATE 22023.
  static func news(_ news: DeviceNews, of caller: Caller) -> SQL {
    change(
      caller, when: "(d.name, d.time_zone) IS DISTINCT FROM (\(name(news)), \(zone(news)))",
      set: "name = \(name(news)), time_zone = \(zone(news))",
      check: "(now() AT TIME ZONE \(zone(news))) IS NOT NULL")
  }

  private static func name(_ news: DeviceNews) -> SQL { "coalesce(\(news.name), d.name)" }
  private static func zone(_ news: DeviceNews) -> SQL { "coalesce(\(news.timeZone), d.time_zone)" }

  /// Lifetime counters: each keeps the larger value.
  static func counters(_ counters: Counters, of caller: Caller) -> SQL {
    change(
      caller,
      when: """
        (d.reported_xp < \(counters.totalXP) OR d.reported_longest_streak < \(counters.longestStreak)
          OR d.reported_challenges < \(counters.challengesCompleted)
          OR d.reported_active_ms < \(counters.totalMeditationMs))
        """,
      set: """
        reported_xp = greatest(d.reported_xp, \(counters.totalXP)),
        reported_longest_streak = greatest(d.reported_longest_streak, \(counters.longestStreak)),
        reported_challenges = greatest(d.reported_challenges, \(counters.challengesCompleted)),
        reported_active_ms = greatest(d.reported_active_ms, \(counters.totalMeditationMs))
        """,
      check: "true")
  }

  private static func change(_ caller: Caller, when: SQL, set: SQL, check: SQL) -> SQL {
    """
    WITH changed AS (
      SELECT FROM breath.devices d
      WHERE d.account_id = \(caller.account.uuid) AND d.device_id = \(caller.device.uuid) AND \(when) AND \(check)
    ), head AS (
      UPDATE breath.accounts SET version = version + 1
      WHERE account_id = \(caller.account.uuid) AND EXISTS (SELECT FROM changed)
      RETURNING version
    )
    UPDATE breath.devices d SET version = head.version, \(set)
    FROM head
    WHERE d.account_id = \(caller.account.uuid) AND d.device_id = \(caller.device.uuid)
    """
  }
}
