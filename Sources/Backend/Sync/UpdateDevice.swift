import BreathDomain
import Postgres

/// Writes to rows of devices. Each takes a version only when something changes, so a call without news costs a look and
/// no write.
enum UpdateDevice {
  /// A clock that is right within so much counts as right, and an offset is taken anew when it moved by more: a slow
  /// network must not change what a setting's time is corrected to.
  private static let clockToleranceMs: StaticString = "60000"

  /// A new name, zone, or clock; answers whether a stated zone means nothing. Sessions stored later in the same pipeline
  /// already belong to the new zone's dates.
  /// - Parameter now: when the request came, for what the device's clock says.
  static func news(_ news: DeviceNews, of caller: Caller, now: Timestamp) -> SQL {
    let measured = news.clock.map { now.milliseconds - $0.milliseconds }
    return change(
      caller,
      when: """
        (d.name, d.time_zone, d.clock_offset_ms) IS DISTINCT FROM (\(name(news)), \(zone(news)), \(offset(measured)))
        """,
      set: "name = \(name(news)), time_zone = \(zone(news)), clock_offset_ms = \(offset(measured))",
      check: "true",
      answer: """
        SELECT \(news.timeZone != nil) AND \(stated(news)) IS NULL AS is_unknown_zone FROM breath.devices d
        WHERE d.account_id = \(caller.account.uuid) AND d.device_id = \(caller.device.uuid)
        """)
  }

  private static func name(_ news: DeviceNews) -> SQL { "coalesce(\(news.name), d.name)" }
  private static func zone(_ news: DeviceNews) -> SQL { "coalesce(\(stated(news)), d.time_zone)" }

  /// What is stored for a stated zone; most machines state the same one every time, in the words that are stored.
  private static func stated(_ news: DeviceNews) -> SQL {
    guard let zone = news.timeZone else { return "NULL" }
    return "CASE WHEN \(zone.text) = d.time_zone THEN d.time_zone ELSE \(zone.known) END"
  }

  private static func offset(_ measuredMs: Int64?) -> SQL {
    """
    CASE WHEN abs(\(measuredMs) - d.clock_offset_ms) > \(raw: clockToleranceMs)
      THEN CASE WHEN abs(\(measuredMs)) > \(raw: clockToleranceMs) THEN \(measuredMs) ELSE 0 END
      ELSE d.clock_offset_ms END
    """
  }

  /// Lifetime counters: each keeps the larger value, unless the device was cleared since. Answers one row.
  static func counters(_ counters: Counters, marker: Timestamp?, of caller: Caller) -> SQL {
    change(
      caller,
      when: """
        d.reset_at IS NOT DISTINCT FROM \(marker?.date)
          AND (d.reported_xp < \(counters.totalXP) OR d.reported_longest_streak < \(counters.longestStreak)
            OR d.reported_challenges < \(counters.challengesCompleted)
            OR d.reported_active_ms < \(counters.totalMeditationMs))
        """,
      set: """
        reported_xp = greatest(d.reported_xp, \(counters.totalXP)),
        reported_longest_streak = greatest(d.reported_longest_streak, \(counters.longestStreak)),
        reported_challenges = greatest(d.reported_challenges, \(counters.challengesCompleted)),
        reported_active_ms = greatest(d.reported_active_ms, \(counters.totalMeditationMs))
        """,
      check: "true",
      answer: """
        SELECT d.reset_at IS DISTINCT FROM \(marker?.date) AS is_from_before_reset FROM breath.devices d
        WHERE d.account_id = \(caller.account.uuid) AND d.device_id = \(caller.device.uuid)
        """)
  }

  /// Clears the caller's own device, if the marker is later than its last one.
  static func reset(_ marker: Timestamp, of caller: Caller, _ requestID: String) -> SQL {
    """
    WITH cleared AS (
      SELECT breath.reset_device(
        \(caller.account.uuid), \(caller.device.uuid), \(caller.device.uuid), \(marker.date)) AS is_done
    )
    INSERT INTO breath.push_ledger (account_id, device_id, request_id, kind, stored, duplicate, rejected)
    SELECT \(caller.account.uuid), \(caller.device.uuid), \(requestID), 'reset', 1, 0, 0 FROM cleared WHERE is_done
    """
  }

  /// Other devices as the caller knows them. Answers the places of those that there is no room for.
  static func adopt(_ devices: [KnownDevice], by caller: Caller) -> SQL {
    """
    SELECT place FROM breath.adopt_devices(
      \(caller.account.uuid), \(caller.device.uuid), \(devices.map(\.id.uuid)), \(devices.map(\.name)),
      \(devices.map { $0.timeZone?.text }), \(devices.map { $0.reset?.date })) AS place
    """
  }

  private static func change(_ caller: Caller, when: SQL, set: SQL, check: SQL, answer: SQL = "SELECT") -> SQL {
    """
    WITH changed AS (
      SELECT FROM breath.devices d
      WHERE d.account_id = \(caller.account.uuid) AND d.device_id = \(caller.device.uuid) AND \(when) AND \(check)
    ), head AS (
      UPDATE breath.accounts SET version = version + 1
      WHERE account_id = \(caller.account.uuid) AND EXISTS (SELECT FROM changed)
      RETURNING version
    ), device AS (
      UPDATE breath.devices d SET version = head.version, \(set)
      FROM head
      WHERE d.account_id = \(caller.account.uuid) AND d.device_id = \(caller.device.uuid)
    )
    \(answer)
    """
  }
}
