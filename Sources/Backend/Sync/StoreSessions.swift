import BreathDomain
import Postgres
import StrictJSON

/// Stores the sessions of a push in one statement, with the day totals, sums and digest that follow from them.
///
/// Must run after `lock_account` in the same flight: then nobody else writes this account, what is known is exact, and
/// version order is commit order. The lock stands in a statement of its own because a statement's snapshot is older
/// than a lock it waits for (RELIABILITY 2.3).
///
/// Rows are looked up one by one by their whole key (LATERAL … LIMIT 1): a join would let the planner, which prepares
/// this once and may know nothing of the table yet, read all a device ever pushed.
struct StoreSessions {
  let caller: Caller
  let sessions: [(session: Session, pointer: JSONPointer)]
  let now: Timestamp

  var statement: SQL {
    """
    WITH incoming AS (
      \(incoming)
    ), head AS (
      SELECT a.version, a.detail, a.day_start_minutes * interval '1 minute' AS day_start, d.time_zone
      FROM breath.accounts a JOIN breath.devices d USING (account_id)
      WHERE a.account_id = \(account) AND d.device_id = \(device)
    ), known AS (
      SELECT i.position,
        CASE WHEN s.deleted_at IS NOT NULL THEN 'tombstoned'
          WHEN s.hash_high = i.hash_high AND s.hash_low = i.hash_low THEN 'duplicate'
          ELSE 'conflict' END AS status
      FROM incoming i
      CROSS JOIN LATERAL (
        SELECT * FROM breath.sessions
        WHERE account_id = \(account) AND device_id = \(device) AND session_id = i.session_id
        LIMIT 1
      ) s
    ), stored AS (
      INSERT INTO breath.sessions (
        account_id, device_id, session_id, version, local_date, started_at, ended_at, active_ms, cycles,
        goal_minutes, goal_bonus_xp, pledge_multiplier, pledge_honored, final_xp, counted_ms, xp, flags,
        hash_high, hash_low)
      SELECT \(account), \(device), i.session_id, head.version + row_number() OVER (ORDER BY i.position),
        ((i.started_at AT TIME ZONE head.time_zone) - head.day_start)::date, i.started_at, i.ended_at,
        i.active_ms, i.cycles, i.goal_minutes, i.goal_bonus_xp, i.pledge_multiplier, i.pledge_honored, i.final_xp,
        i.counted_ms, i.xp, i.flags, i.hash_high, i.hash_low
      FROM incoming i CROSS JOIN head
      WHERE head.detail = 'sessions' AND i.position NOT IN (SELECT position FROM known)
      RETURNING local_date, counted_ms, cycles, xp, hash_high, hash_low
    ), gained AS (
      SELECT local_date, count(*) AS sessions, sum(counted_ms)::bigint AS active_ms,
        sum(greatest(cycles, 0))::bigint AS cycles, sum(xp)::bigint AS xp
      FROM stored
      GROUP BY local_date
    ), before AS (
      \(SumDays.before("gained", account, device))
    ), days AS (
      INSERT INTO breath.day_totals AS t (
        account_id, local_date, device_id, version, derived_sessions, derived_active_ms, derived_cycles, derived_xp)
      SELECT \(account), g.local_date, \(device),
        head.version + (SELECT count(*) FROM stored) + row_number() OVER (ORDER BY g.local_date),
        g.sessions, g.active_ms, g.cycles, g.xp
      FROM gained g CROSS JOIN head
      ON CONFLICT (account_id, local_date, device_id) DO UPDATE SET
        version = excluded.version,
        derived_sessions = t.derived_sessions + excluded.derived_sessions,
        derived_active_ms = t.derived_active_ms + excluded.derived_active_ms,
        derived_cycles = t.derived_cycles + excluded.derived_cycles,
        derived_xp = t.derived_xp + excluded.derived_xp
      RETURNING t.local_date, t.sessions, t.active_ms, t.cycles, t.xp
    ), \(SumDays.ofDevice(account, device)), account AS (
      UPDATE breath.accounts SET
        version = version + (SELECT count(*) FROM stored) + (SELECT count(*) FROM days),
        practised = practised + (SELECT range_agg(daterange(local_date, local_date, '[]')) FROM days),
        digest_count = digest_count + (SELECT count(*) FROM stored),
        digest_high = digest_high # (SELECT bit_xor(hash_high) FROM stored),
        digest_low = digest_low # (SELECT bit_xor(hash_low) FROM stored)
      WHERE account_id = \(account) AND EXISTS (SELECT FROM stored)
    )
    SELECT i.position::int AS position,
      CASE head.detail WHEN 'sessions' THEN known.status ELSE 'not_shared' END AS status
    FROM incoming i CROSS JOIN head LEFT JOIN known USING (position)
    WHERE head.detail <> 'sessions' OR known.status IS NOT NULL
    ORDER BY i.position
    """
  }

  private var account: SQL { "\(caller.account.uuid)" }
  private var device: SQL { "\(caller.device.uuid)" }

  private var incoming: SQL {
    let facts = sessions.map(\.session)
    let hashes = facts.map { RecordHash($0, of: caller.device) }
    return """
      SELECT * FROM unnest(
        \(facts.map(\.id)), \(facts.map(\.startedAt.date)), \(facts.map(\.endedAt.date)),
        \(facts.map(\.activeMs)), \(facts.map(\.cycles)), \(facts.map(\.goalMinutes)), \(facts.map(\.goalBonusXP)),
        \(facts.map(\.pledgeMultiplier)), \(facts.map(\.pledgeHonored)), \(facts.map(\.finalXP)),
        \(facts.map(\.countedMs)), \(facts.map(\.xp)), \(facts.map { $0.flags(now: now).rawValue }),
        \(hashes.map(\.high)), \(hashes.map(\.low))
      ) WITH ORDINALITY AS i (
        session_id, started_at, ended_at, active_ms, cycles, goal_minutes, goal_bonus_xp, pledge_multiplier,
        pledge_honored, final_xp, counted_ms, xp, flags, hash_high, hash_low, position)
      """
  }

  /// - Parameter result: of `statement`: one row for each session that was not stored.
  /// - Parameter reportsNotShared: whether a session kept out by the privacy tier is worth a verdict.
  func judge(_ result: ResultSet, into verdicts: inout Verdicts, reportsNotShared: Bool) throws(PostgresError) {
    var isKeptOut = [Bool](repeating: false, count: sessions.count)
    for row in result {
      let position: Int32 = try row["position"]
      let status: String = try row["status"]
      isKeptOut[Int(position) - 1] = true
      let (session, pointer) = sessions[Int(position) - 1]
      if let verdict = StoreSessions.verdict(status, pointer, session.id),
        reportsNotShared || status != "not_shared"
      { verdicts.add(verdict) }
    }
    for (index, item) in sessions.enumerated() where !isKeptOut[index] {
      if let remark = Verdict.flagged(item.pointer, id: item.session.id, item.session.flags(now: now)) {
        verdicts.add(remark)
      } else {
        verdicts.addStored(1)
      }
    }
  }

  private static func verdict(_ status: String, _ pointer: JSONPointer, _ id: String) -> Verdict? {
    switch status {
    case "duplicate": Verdict(pointer, id: id, .duplicate)
    case "conflict": .conflict(pointer, id: id)
    case "tombstoned":
      Verdict(pointer, id: id, .tombstoned, code: "deleted", detail: "This session was deleted; it stays deleted.")
    default: .notShared(pointer, id: id)
    }
  }
}

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

  /// Expects the names `before` (the days' totals as they were) and `days` (as they are now).
  static func ofDevice(_ account: SQL, _ device: SQL) -> SQL {
    """
    device AS (
      UPDATE breath.devices d SET
        sessions = d.sessions + change.sessions, active_ms = d.active_ms + change.active_ms,
        cycles = d.cycles + change.cycles, xp = d.xp + change.xp
      FROM (
        SELECT sum(sessions)::bigint AS sessions, sum(active_ms)::bigint AS active_ms,
          sum(cycles)::bigint AS cycles, sum(xp)::bigint AS xp
        FROM (
          SELECT sessions, active_ms, cycles, xp FROM days
          UNION ALL
          SELECT -sessions, -active_ms, -cycles, -xp FROM before
        ) AS both_sides
      ) AS change
      WHERE d.account_id = \(account) AND d.device_id = \(device) AND change.sessions IS NOT NULL
    )
    """
  }
}
