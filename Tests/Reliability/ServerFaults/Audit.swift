/// What must hold in a database whatever happened to it, asked by SQL alone: nothing here is the product's code.
package struct Audit {
  let cluster: Cluster

  package init(_ cluster: Cluster) { self.cluster = cluster }

  /// Every session that is stored, a line each.
  package func stored() throws -> [String] {
    try cluster.sql(
      """
      \(Audit.stated)
      SELECT account_id, device_id, session_id, started_ms, ended_ms, active_ms, cycles, bonus FROM stated
      """)
  }

  /// What is wrong with the stored sessions, when exactly `expected` should be there.
  package func differences(from expected: Set<String>) throws -> [String] {
    let rows = try stored()
    let found = Set(rows)
    return expected.subtracting(found).map { "lost: \($0)" } + found.subtracting(expected).map { "not pushed: \($0)" }
      + (rows.count == found.count ? [] : ["\(rows.count - found.count) sessions are stored twice"])
  }

  /// Laws between the tables, each with the rows that break it.
  package func violations() throws -> [String] {
    try Audit.laws.flatMap { law, query in try cluster.sql(query).map { "\(law): \($0)" } }
  }

  private static let laws = [
    ("the account's digest is not that of its records (kept, recomputed)", digests),
    ("a session's counted time or XP is not what the rules say (kept, recomputed)", counted),
    ("a day's derived totals are not the sum of its sessions (kept, recomputed)", days),
    ("a device's sums are not those of its days (kept, recomputed)", devices),
    ("practised dates are not the dates with sessions", practised),
    ("a version is beyond the account's, or there twice", versions),
  ]

  /// The sessions as their devices stated them, read by PostgreSQL from the text that is kept.
  private static let stated = """
    WITH facts AS (
      SELECT account_id, device_id, session_id, counted_ms, xp, ('{' || facts || '}')::jsonb AS facts
      FROM breath.sessions
    ), stated AS MATERIALIZED (
      SELECT account_id, device_id, session_id, counted_ms, xp,
        (extract(epoch FROM (facts ->> 'startedAt')::timestamptz) * 1000)::bigint AS started_ms,
        (extract(epoch FROM (facts ->> 'endedAt')::timestamptz) * 1000)::bigint AS ended_ms,
        (facts ->> 'activeMs')::bigint AS active_ms, (facts ->> 'cycles')::bigint AS cycles,
        coalesce(facts ->> 'goalMinutes', '-') AS goal, coalesce(facts ->> 'goalBonusXP', '-') AS bonus,
        coalesce(facts ->> 'pledgeMultiplier', '-') AS multiplier, coalesce(facts ->> 'pledgeHonored', '-') AS honored,
        coalesce(facts ->> 'finalXP', '-') AS final
      FROM facts
    )
    """

  /// By the text of docs/sync.md. For sessions of whole numbers: what PostgreSQL prints of others is not what the
  /// protocol says.
  private static let digests = """
    \(stated), records AS (
      SELECT account_id, format('session %s %s:%s %s %s %s %s %s %s %s %s %s', device_id, octet_length(session_id),
        session_id, started_ms, ended_ms, active_ms, cycles, goal, bonus, multiplier, honored, final) AS text
      FROM stated
      UNION ALL
      SELECT account_id, format('deleted %s %s:%s', device_id, octet_length(session_id), session_id)
      FROM breath.tombstones
      UNION ALL
      SELECT account_id, format('day %s %s %s %s %s %s', device_id, local_date, reported_sessions, reported_active_ms,
        reported_cycles, reported_xp)
      FROM breath.day_totals
      WHERE greatest(reported_sessions, reported_active_ms, reported_cycles, reported_xp) > 0
    ), hashes AS (
      SELECT account_id, encode(sha256(convert_to(text, 'UTF8')), 'hex') AS hex FROM records
    ), digests AS (
      SELECT account_id, count(*) AS count, bit_xor(('x' || substr(hex, 1, 16))::bit(64)::bigint) AS high,
        bit_xor(('x' || substr(hex, 17, 16))::bit(64)::bigint) AS low
      FROM hashes GROUP BY account_id
    )
    SELECT account_id, a.digest_count, a.digest_high, a.digest_low, d.count, d.high, d.low
    FROM breath.accounts a LEFT JOIN digests d USING (account_id)
    WHERE (a.digest_count, a.digest_high, a.digest_low)
      IS DISTINCT FROM (coalesce(d.count, 0), coalesce(d.high, 0), coalesce(d.low, 0));
    """

  /// The counting rule (docs/design/practice.md, "Sessions"), for sessions without a goal.
  private static let counted = """
    \(stated), rules AS (
      SELECT account_id, device_id, session_id, counted_ms, xp, greatest(0, cycles)
          + greatest(0, coalesce(nullif(bonus, '-')::bigint, 0)) AS right_xp,
        CASE WHEN ended_ms < started_ms THEN 0
          ELSE greatest(0, least(active_ms, ended_ms - started_ms, 3600000)) END AS right_ms
      FROM stated WHERE goal = '-'
    )
    SELECT * FROM rules WHERE (counted_ms, xp) IS DISTINCT FROM (right_ms, right_xp);
    """

  private static let days = """
    WITH sums AS (
      SELECT account_id, device_id, local_date, count(*) AS sessions, sum(counted_ms) AS active_ms,
        sum(greatest(cycles, 0)) AS cycles, sum(xp) AS xp
      FROM breath.sessions GROUP BY account_id, device_id, local_date
    )
    SELECT account_id, device_id, local_date, t.derived_sessions, t.derived_active_ms, t.derived_cycles, t.derived_xp,
      s.sessions, s.active_ms, s.cycles, s.xp
    FROM breath.day_totals t FULL JOIN sums s USING (account_id, device_id, local_date)
    WHERE (coalesce(t.derived_sessions, 0), coalesce(t.derived_active_ms, 0), coalesce(t.derived_cycles, 0),
        coalesce(t.derived_xp, 0))
      IS DISTINCT FROM (coalesce(s.sessions, 0), coalesce(s.active_ms, 0), coalesce(s.cycles, 0), coalesce(s.xp, 0));
    """

  private static let devices = """
    WITH sums AS (
      SELECT account_id, device_id, sum(sessions) AS sessions, sum(active_ms) AS active_ms, sum(cycles) AS cycles,
        sum(xp) AS xp
      FROM breath.day_totals GROUP BY account_id, device_id
    )
    SELECT account_id, device_id, d.sessions, d.active_ms, d.cycles, d.xp, s.sessions, s.active_ms, s.cycles, s.xp
    FROM breath.devices d LEFT JOIN sums s USING (account_id, device_id)
    WHERE (d.sessions, d.active_ms, d.cycles, d.xp)
      IS DISTINCT FROM (coalesce(s.sessions, 0), coalesce(s.active_ms, 0), coalesce(s.cycles, 0), coalesce(s.xp, 0));
    """

  private static let practised = """
    WITH dates AS (
      SELECT account_id, range_agg(daterange(local_date, local_date + 1)) AS dates
      FROM breath.day_totals WHERE sessions > 0 GROUP BY account_id
    )
    SELECT account_id, a.practised, d.dates
    FROM breath.accounts a LEFT JOIN dates d USING (account_id)
    WHERE a.practised IS DISTINCT FROM coalesce(d.dates, '{}');
    """

  private static let versions = """
    WITH versions AS (
      SELECT account_id, version FROM breath.sessions
      UNION ALL SELECT account_id, version FROM breath.day_totals
      UNION ALL SELECT account_id, version FROM breath.tombstones
      UNION ALL SELECT account_id, version FROM breath.settings
    )
    SELECT v.account_id, v.version, count(*)
    FROM versions v JOIN breath.accounts a USING (account_id)
    GROUP BY v.account_id, v.version, a.version
    HAVING count(*) > 1 OR v.version > a.version;
    """
}
