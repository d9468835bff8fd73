import Backend
import BreathDomain
import FoundationEssentials
import Postgres
import Practice

/// The statements that store what an examination derived. Facts, tombstones and reports are events: nothing here changes
/// one. Rows that change get new versions, so that every device pulls them again.
struct Repair {
  private let account: UUID
  private let stored: StoredAccount
  private let examination: Examination

  init(_ account: UUID, _ stored: StoredAccount, _ examination: Examination) {
    (self.account, self.stored, self.examination) = (account, stored, examination)
  }

  var statements: [SQL] { [version, sessions, days, hashes, head, devices, zones] }

  private var version: SQL {
    let highest = Repair.highestVersion(in: stored)
    return """
      UPDATE breath.accounts SET version = greatest(version, \(highest)) WHERE account_id = \(account)
      """
  }

  private var sessions: SQL {
    let sessions = stored.sessions.compactMap { row in row.session.map { (row, $0) } }
    return """
      UPDATE breath.sessions s SET started_at = i.started_at, counted_ms = i.counted_ms, cycles = i.cycles, xp = i.xp,
        hash_high = i.hash_high, hash_low = i.hash_low, counts = i.counts
      FROM unnest(
        \(sessions.map(\.0.device)), \(sessions.map(\.0.id)), \(sessions.map(\.1.startedAt.date)),
        \(sessions.map(\.1.countedMs)), \(sessions.map { max(0, $0.1.cycles) }), \(sessions.map(\.1.xp)),
        \(sessions.map { Hash($0.1, of: $0.0.device).high }), \(sessions.map { Hash($0.1, of: $0.0.device).low }),
        \(sessions.map { examination.twins.counts($0.0, $0.1) })
      ) AS i (device_id, session_id, started_at, counted_ms, cycles, xp, hash_high, hash_low, counts)
      WHERE s.account_id = \(account) AND s.device_id = i.device_id AND s.session_id = i.session_id
        AND (s.started_at, s.counted_ms, s.cycles, s.xp, s.hash_high, s.hash_low, s.counts)
          IS DISTINCT FROM (i.started_at, i.counted_ms, i.cycles, i.xp, i.hash_high, i.hash_low, i.counts)
      """
  }

  /// Every day that there is or should be; those without sessions are derived as nothing.
  private var days: SQL {
    let keys = Array(Set(examination.derivedDays.keys).union(examination.twinDays.keys))
    let totals = keys.map { examination.derivedDays[$0] ?? DayTotal(date: $0.date) }
    let twins = keys.map { examination.twinDays[$0] ?? DayTotal(date: $0.date) }
    return """
      INSERT INTO breath.day_totals AS t (
        account_id, local_date, device_id, version, derived_sessions, derived_active_ms, derived_cycles, derived_xp,
        twin_sessions, twin_active_ms, twin_cycles, twin_xp)
      SELECT \(account), c.local_date, c.device_id, a.version + row_number() OVER (ORDER BY c.local_date, c.device_id),
        c.sessions, c.active_ms, c.cycles, c.xp, c.twin_sessions, c.twin_active_ms, c.twin_cycles, c.twin_xp
      FROM breath.accounts a
      CROSS JOIN (
        SELECT coalesce(i.device_id, d.device_id) AS device_id, coalesce(i.local_date, d.local_date) AS local_date,
          coalesce(i.sessions, 0) AS sessions, coalesce(i.active_ms, 0) AS active_ms, coalesce(i.cycles, 0) AS cycles,
          coalesce(i.xp, 0) AS xp, coalesce(i.twin_sessions, 0) AS twin_sessions,
          coalesce(i.twin_active_ms, 0) AS twin_active_ms, coalesce(i.twin_cycles, 0) AS twin_cycles,
          coalesce(i.twin_xp, 0) AS twin_xp
        FROM unnest(
          \(keys.map(\.device)), \(keys.map(\.date)), \(totals.map(\.sessions)), \(totals.map(\.activeMs)),
          \(totals.map(\.cycles)), \(totals.map(\.xp)), \(twins.map(\.sessions)), \(twins.map(\.activeMs)),
          \(twins.map(\.cycles)), \(twins.map(\.xp))
        ) AS i (
          device_id, local_date, sessions, active_ms, cycles, xp, twin_sessions, twin_active_ms, twin_cycles, twin_xp)
        FULL JOIN (SELECT * FROM breath.day_totals WHERE account_id = \(account)) d USING (device_id, local_date)
        WHERE (d.derived_sessions, d.derived_active_ms, d.derived_cycles, d.derived_xp, d.twin_sessions,
            d.twin_active_ms, d.twin_cycles, d.twin_xp)
          IS DISTINCT FROM (
            coalesce(i.sessions, 0), coalesce(i.active_ms, 0), coalesce(i.cycles, 0), coalesce(i.xp, 0),
            coalesce(i.twin_sessions, 0), coalesce(i.twin_active_ms, 0), coalesce(i.twin_cycles, 0),
            coalesce(i.twin_xp, 0))
      ) AS c
      WHERE a.account_id = \(account)
      ON CONFLICT (account_id, local_date, device_id) DO UPDATE SET version = excluded.version,
        derived_sessions = excluded.derived_sessions, derived_active_ms = excluded.derived_active_ms,
        derived_cycles = excluded.derived_cycles, derived_xp = excluded.derived_xp,
        twin_sessions = excluded.twin_sessions, twin_active_ms = excluded.twin_active_ms,
        twin_cycles = excluded.twin_cycles, twin_xp = excluded.twin_xp
      """
  }

  private var hashes: SQL {
    let hashed = stored.days.map { ($0, Hash($0.reported, of: $0.device)) }
    return """
      UPDATE breath.day_totals t SET hash_high = i.high, hash_low = i.low
      FROM unnest(
        \(hashed.map(\.0.device)), \(hashed.map(\.0.reported.date)), \(hashed.map(\.1.high)),
        \(hashed.map(\.1.low))
      ) AS i (device_id, local_date, high, low)
      WHERE t.account_id = \(account) AND t.local_date = i.local_date AND t.device_id = i.device_id
        AND (t.hash_high, t.hash_low) IS DISTINCT FROM (i.high, i.low)
      """
  }

  private var head: SQL {
    let runs = examination.practised.runs
    return """
      UPDATE breath.accounts a SET
        version = greatest(a.version, (SELECT max(version) FROM breath.day_totals WHERE account_id = \(account))),
        awarded_xp = \(stored.claimedXP), digest_count = \(examination.digest.count), digest_high = \(examination.digest.high),
        digest_low = \(examination.digest.low), kept = \(examination.counts.kept),
        tombstones = \(examination.counts.tombstones),
        practised = coalesce((
          SELECT range_agg(daterange(r.first_date, r.last_date, '[]'))
          FROM unnest(\(runs.map(\.lowerBound)), \(runs.map(\.upperBound))) AS r (first_date, last_date)
        ), '{}')
      WHERE a.account_id = \(account)
      """
  }

  private var devices: SQL {
    let devices = stored.devices.map(\.id)
    let sums = devices.map { examination.sums[$0] ?? Sums() }
    let digests = devices.map { examination.digests[$0] ?? Digest() }
    return """
      UPDATE breath.devices d SET sessions = i.sessions, active_ms = i.active_ms, cycles = i.cycles, xp = i.xp,
        twin_active_ms = i.twin_active_ms, twin_xp = i.twin_xp,
        twin_devices = CASE WHEN i.twins <> '' THEN string_to_array(i.twins, ' ')::uuid[] END,
        twin_group = i.twin_group, digest_count = i.digest_count, digest_high = i.digest_high,
        digest_low = i.digest_low,
        rows_version = a.version
      FROM unnest(
        \(devices), \(sums.map(\.sessions)), \(sums.map(\.activeMs)), \(sums.map(\.cycles)), \(sums.map(\.xp)),
        \(sums.map(\.twinActiveMs)), \(sums.map(\.twinXP)),
        \(devices.map { (examination.twins.links[$0] ?? []).map(\.lowercased).joined(separator: " ") }),
        \(devices.map { examination.twins.groups[$0] }), \(digests.map(\.count)), \(digests.map(\.high)),
        \(digests.map(\.low))
      ) AS i (
        device_id, sessions, active_ms, cycles, xp, twin_active_ms, twin_xp, twins, twin_group, digest_count,
        digest_high, digest_low), breath.accounts a
      WHERE d.account_id = \(account) AND d.device_id = i.device_id AND a.account_id = \(account)
      """
  }

  /// What it is counted in anyhow; the device says with its next call where it is.
  private var zones: SQL {
    """
    UPDATE breath.devices SET time_zone = breath.usable_zone(time_zone)
    WHERE account_id = \(account) AND time_zone <> breath.usable_zone(time_zone)
    """
  }

  private static func highestVersion(in stored: StoredAccount) -> Int64 {
    let rows =
      stored.devices.map(\.version) + stored.sessions.map(\.version) + stored.days.map(\.version)
      + stored.tombstones.map(\.version) + stored.settings.map(\.version)
    return rows.max() ?? 0
  }
}
