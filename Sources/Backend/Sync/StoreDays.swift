import BreathDomain
import Postgres
import StrictJSON

/// Stores day totals that are reported of one device. A report only ever grows: of two for one day each number keeps the
/// larger, so that repeating a push changes nothing. Must run after the account is locked in the same pipeline.
struct StoreDays {
  let caller: Caller
  /// Whose days these are.
  let device: DeviceID
  /// The marker of the device's last reset, as the pusher knows it.
  let marker: Timestamp?
  let requestID: String

  /// - Returns: a statement that answers a row for each day: what became of it.
  func statement(_ days: [DayTotal]) -> SQL {
    store(
      """
      SELECT * FROM unnest(
        \(days.map(\.date.postgres)), \(days.map(\.sessions)), \(days.map(\.activeMs)), \(days.map(\.cycles)),
        \(days.map(\.xp))
      ) WITH ORDINALITY AS i (local_date, sessions, active_ms, cycles, xp, position)
      """)
  }

  private var accountID: SQL { "\(caller.account.uuid)" }
  private var deviceID: SQL { "\(device.uuid)" }

  private func store(_ incoming: SQL) -> SQL {
    """
    WITH incoming AS (
      \(incoming)
    ), head AS (
      SELECT a.version, breath.room(a) AS room, breath.device_refusal(d, \(marker?.date)) AS refusal
      FROM breath.accounts a LEFT JOIN breath.devices d ON d.account_id = a.account_id AND d.device_id = \(deviceID)
      WHERE a.account_id = \(accountID)
    ), compared AS (
      SELECT i.*, t.reported_sessions, t.reported_active_ms, t.reported_cycles, t.reported_xp, t.hash_high, t.hash_low,
        coalesce(greatest(t.reported_sessions, t.reported_active_ms, t.reported_cycles, t.reported_xp), 0) = 0
          AND greatest(i.sessions, i.active_ms, i.cycles, i.xp) > 0 AS is_new, head.room,
        coalesce(head.refusal, CASE
          WHEN i.sessions <= t.reported_sessions AND i.active_ms <= t.reported_active_ms
            AND i.cycles <= t.reported_cycles AND i.xp <= t.reported_xp THEN 'duplicate' END) AS known
      FROM incoming i
      CROSS JOIN head
      LEFT JOIN LATERAL breath.day_of(\(accountID), i.local_date, \(deviceID)) AS t ON true
    ), judged AS (
      SELECT c.*, coalesce(c.known, CASE
          WHEN c.is_new
            AND count(*) FILTER (WHERE c.is_new AND c.known IS NULL) OVER (ORDER BY c.position) > c.room
          THEN 'account_full' END) AS status
      FROM compared c
    ), grown AS (
      SELECT j.*, row_number() OVER (ORDER BY j.position) AS place FROM judged j WHERE j.status IS NULL
    ), days AS (
      INSERT INTO breath.day_totals AS t (
        account_id, local_date, device_id, version, reported_sessions, reported_active_ms, reported_cycles,
        reported_xp)
      SELECT \(accountID), g.local_date, \(deviceID), head.version + g.place, g.sessions, g.active_ms, g.cycles, g.xp
      FROM grown g CROSS JOIN head
      ON CONFLICT (account_id, local_date, device_id) DO UPDATE SET
        version = excluded.version,
        reported_sessions = greatest(t.reported_sessions, excluded.reported_sessions),
        reported_active_ms = greatest(t.reported_active_ms, excluded.reported_active_ms),
        reported_cycles = greatest(t.reported_cycles, excluded.reported_cycles),
        reported_xp = greatest(t.reported_xp, excluded.reported_xp)
      RETURNING t.*
    ), digest AS (
      \(digestChange)
    ), device AS (
      \(deviceSums)
    ), account AS (
      UPDATE breath.accounts SET
        version = version + (SELECT count(*) FROM days),
        practised = practised
          + coalesce((SELECT range_agg(daterange(local_date, local_date, '[]')) FROM days WHERE sessions > 0), '{}'),
        digest_count = digest_count + (SELECT records FROM digest),
        digest_high = digest_high # (SELECT high FROM digest),
        digest_low = digest_low # (SELECT low FROM digest),
        kept = kept + (SELECT records FROM digest)
      WHERE account_id = \(accountID) AND EXISTS (SELECT FROM days)
    ), \(LedgerEntry.of("days", caller, requestID, id: "j.local_date"))
    SELECT j.local_date, j.status FROM judged j ORDER BY j.position
    """
  }

  /// What the hashes of the grown days change: out with the one of the numbers before, in with the one of those now, which
  /// a trigger keeps with the day.
  private var digestChange: SQL {
    """
    SELECT count(*) FILTER (WHERE g.is_new) AS records, bit_xor(t.hash_high # coalesce(g.hash_high, 0)) AS high,
        bit_xor(t.hash_low # coalesce(g.hash_low, 0)) AS low
      FROM days t JOIN grown g USING (local_date)
    """
  }

  /// Carries the change over to the device's sums without looking the days up again: `grown` has what was reported before,
  /// NULL for a new day.
  private var deviceSums: SQL {
    """
    UPDATE breath.devices d SET
        sessions = d.sessions + change.sessions, active_ms = d.active_ms + change.active_ms,
        cycles = d.cycles + change.cycles, xp = d.xp + change.xp, rows_version = change.version,
        digest_count = d.digest_count + digest.records, digest_high = d.digest_high # digest.high,
        digest_low = d.digest_low # digest.low
      FROM digest, (
        SELECT max(t.version) AS version,
          sum(t.sessions - greatest(g.reported_sessions - t.twin_sessions, t.derived_sessions))::bigint AS sessions,
          sum(t.active_ms - greatest(g.reported_active_ms - t.twin_active_ms, t.derived_active_ms))::bigint AS active_ms,
          sum(t.cycles - greatest(g.reported_cycles - t.twin_cycles, t.derived_cycles))::bigint AS cycles,
          sum(t.xp - greatest(g.reported_xp - t.twin_xp, t.derived_xp))::bigint AS xp
        FROM days t JOIN grown g USING (local_date)
      ) AS change
      WHERE d.account_id = \(accountID) AND d.device_id = \(deviceID) AND change.version IS NOT NULL
    """
  }

  /// - Parameter places: where each date was pushed.
  static func judge(
    _ result: ResultSet, places: [LocalDate: JSONPointer], into verdicts: inout Verdicts
  ) throws(PostgresError) {
    for row in result {
      let date: PostgresDate = try row["local_date"]
      let status: String? = try row["status"]
      let day = LocalDate(date)
      if let status, let place = places[day] {
        verdicts.add(Verdict(status: status, place, id: "\(day)"))
      } else {
        verdicts.addStored(1)
      }
    }
  }
}
