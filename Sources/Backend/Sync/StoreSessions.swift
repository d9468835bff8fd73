import BreathDomain
import Postgres
import StrictJSON

/// Stores the sessions that a push brings of one device in one statement, with the day totals, sums and digest that follow
/// from them.
///
/// Must run after `begin_request` has locked the account in the same flight: then nobody else writes this account, what is
/// known is exact, and version order is commit order. The lock stands in a statement of its own because a statement's
/// snapshot is older than a lock it waits for (RELIABILITY 2.3).
///
/// Rows are looked up one by one by their whole key (LATERAL … LIMIT 1): a join would let the planner, which prepares
/// this once and may know nothing of the table yet, read all a device ever pushed.
struct StoreSessions {
  let caller: Caller
  /// Whose sessions these are.
  let device: DeviceID
  /// Of the device's last clearing, as the pusher knows it.
  let marker: Timestamp?
  let sessions: [PushedSession]
  let now: Timestamp
  let requestID: String
  /// Whether a session kept out by the privacy tier is worth a word: not when its day total is stored instead.
  var reportsNotShared = true

  var statement: SQL {
    """
    WITH incoming AS (
      \(incoming)
    ), head AS (
      SELECT a.version, a.day_start_minutes * interval '1 minute' AS day_start, d.time_zone,
        \(Refusal.ofSessions(marker)) AS refusal,
        EXISTS (SELECT FROM breath.tombstones WHERE account_id = \(accountID)) AS has_tombstones
      FROM breath.accounts a LEFT JOIN breath.devices d ON d.account_id = a.account_id AND d.device_id = \(deviceID)
      WHERE a.account_id = \(accountID)
    ), judged AS (
      SELECT i.*, coalesce(head.refusal, CASE
          WHEN t.is_deleted THEN 'tombstoned'
          WHEN s.hash_high = i.hash_high AND s.hash_low = i.hash_low THEN 'duplicate'
          WHEN s.hash_high IS NOT NULL THEN 'conflict' END) AS status
      FROM incoming i
      CROSS JOIN head
      LEFT JOIN LATERAL (
        SELECT hash_high, hash_low FROM breath.sessions
        WHERE account_id = \(accountID) AND device_id = \(deviceID) AND session_id = i.session_id
        LIMIT 1
      ) s ON true
      LEFT JOIN LATERAL (
        SELECT true AS is_deleted
        FROM breath.tombstone_hash(\(deviceID), i.session_id) h
        JOIN breath.tombstones b ON b.account_id = \(accountID) AND b.hash_high = h.high AND b.hash_low = h.low
        WHERE (SELECT has_tombstones FROM head)
        LIMIT 1
      ) t ON true
    ), stored AS (
      INSERT INTO breath.sessions (
        account_id, device_id, session_id, version, local_date, local_minute, started_at, facts, counted_ms, cycles, xp,
        flags, hash_high, hash_low)
      SELECT \(accountID), \(deviceID), j.session_id, head.version + row_number() OVER (ORDER BY j.position),
        coalesce(j.local_date, ((j.started_at AT TIME ZONE head.time_zone) - head.day_start)::date),
        extract(hour FROM j.started_at AT TIME ZONE head.time_zone) * 60
          + extract(minute FROM j.started_at AT TIME ZONE head.time_zone),
        j.started_at, j.facts, j.counted_ms, j.cycles, j.xp, j.flags, j.hash_high, j.hash_low
      FROM judged j CROSS JOIN head
      WHERE j.status IS NULL
      RETURNING local_date, counted_ms, cycles, xp, hash_high, hash_low
    ), gained AS (
      SELECT local_date, count(*) AS sessions, sum(counted_ms)::bigint AS active_ms, sum(cycles)::bigint AS cycles,
        sum(xp)::bigint AS xp
      FROM stored
      GROUP BY local_date
    ), days AS (
      INSERT INTO breath.day_totals AS t (
        account_id, local_date, device_id, version, derived_sessions, derived_active_ms, derived_cycles, derived_xp)
      SELECT \(accountID), g.local_date, \(deviceID),
        head.version + (SELECT count(*) FROM stored) + row_number() OVER (ORDER BY g.local_date),
        g.sessions, g.active_ms, g.cycles, g.xp
      FROM gained g CROSS JOIN head
      ON CONFLICT (account_id, local_date, device_id) DO UPDATE SET
        version = excluded.version,
        derived_sessions = t.derived_sessions + excluded.derived_sessions,
        derived_active_ms = t.derived_active_ms + excluded.derived_active_ms,
        derived_cycles = t.derived_cycles + excluded.derived_cycles,
        derived_xp = t.derived_xp + excluded.derived_xp
      RETURNING \(SumDays.returned)
    ), \(SumDays.ofDevice(accountID, deviceID, gained: "gained")), account AS (
      UPDATE breath.accounts SET
        version = version + (SELECT count(*) FROM stored) + (SELECT count(*) FROM days),
        practised = practised + (SELECT range_agg(daterange(local_date, local_date, '[]')) FROM days),
        digest_count = digest_count + (SELECT count(*) FROM stored),
        digest_high = digest_high # (SELECT bit_xor(hash_high) FROM stored),
        digest_low = digest_low # (SELECT bit_xor(hash_low) FROM stored)
      WHERE account_id = \(accountID) AND EXISTS (SELECT FROM stored)
    ), \(ledger)
    SELECT j.position::int AS position, j.status FROM judged j WHERE j.status IS NOT NULL ORDER BY j.position
    """
  }

  private var accountID: SQL { "\(caller.account.uuid)" }
  private var deviceID: SQL { "\(device.uuid)" }

  private var ledger: SQL {
    LedgerEntry.of(
      "sessions", caller, requestID, id: "j.session_id", silent: reportsNotShared ? nil : Refusal.detailIsDays)
  }

  private var incoming: SQL {
    let facts = sessions.map(\.session)
    let prefix = Hash.prefix(of: device.uuid)
    let hashes = facts.map { Hash($0, prefix: prefix) }
    return """
      SELECT * FROM unnest(
        \(facts.map(\.id)), \(facts.map(\.startedAt.date)), \(sessions.map { $0.localDate?.postgres }),
        \(facts.map(\.facts)), \(facts.map(\.countedMs)), \(facts.map { max(0, $0.cycles) }), \(facts.map(\.xp)),
        \(facts.map { $0.flags(now: now).rawValue }), \(hashes.map(\.high)), \(hashes.map(\.low))
      ) WITH ORDINALITY AS i (
        session_id, started_at, local_date, facts, counted_ms, cycles, xp, flags, hash_high, hash_low, position)
      """
  }

  /// - Parameter result: of `statement`: one row for each session that was not stored.
  func judge(_ result: ResultSet, into verdicts: inout Verdicts) throws(PostgresError) {
    var isKeptOut = [Bool](repeating: false, count: sessions.count)
    for row in result {
      let position: Int32 = try row["position"]
      let status: String = try row["status"]
      isKeptOut[Int(position) - 1] = true
      let item = sessions[Int(position) - 1]
      if reportsNotShared || status != Refusal.detailIsDays {
        verdicts.add(Verdict(status: status, item.pointer, id: item.session.id))
      }
    }
    for (index, item) in sessions.enumerated() where !isKeptOut[index] {
      if let remark = Verdict.flagged(item.pointer, id: item.session.id, item.session.flags(now: now)) {
        verdicts.add(remark)
      } else {
        verdicts.addStored(1)
      }
    }
  }
}
