import FoundationEssentials
import Postgres
import StrictJSON

/// One page of an account's rows in version order, whatever their table.
///
/// One statement, so one snapshot: rows first and the account's version second would lose rows (RELIABILITY 2.3).
/// PostgreSQL makes the JSON, which is spliced into the answer unread (DESIGN 9).
struct Changes {
  let cursor: Cursor
  let more: Bool
  /// The cursor belonged to another life of the database, or to versions it never reached: this page begins anew.
  let isRestart: Bool
  let json: JSON

  /// - Parameters:
  ///   - excluding: the rows of this device are left out.
  ///   - inExtensionShape: sessions have the extension's own members and no others.
  static func query(
    of caller: Caller, after cursor: Cursor?, limit: Int, excluding device: DeviceID?, inExtensionShape: Bool = false
  ) -> SQL {
    let sessionJSON: SQL = "'{' || \(sessionFacts) || \(inExtensionShape ? "'}'" : sessionPlace)"
    let account: SQL = "\(caller.account.uuid)"
    let other: SQL = "d.account_id = \(account) AND coalesce(d.device_id <> \(device?.uuid), true)"
    let first: SQL = "version > (SELECT version FROM start) ORDER BY version LIMIT \(limit + 1)"
    // Device by device, each from where the cursor stands, then merged: no row is looked at that is not wanted.
    let ofDevice: SQL = "t.account_id = \(account) AND t.device_id = d.device_id AND t.\(first)"
    return """
      WITH head AS (
        SELECT a.version, i.incarnation
        FROM breath.accounts a
        CROSS JOIN (SELECT incarnation FROM breath.incarnations ORDER BY begun_at DESC LIMIT 1) i
        WHERE a.account_id = \(account)
      ), start AS (
        SELECT CASE WHEN head.incarnation = \(cursor?.incarnation) AND \(cursor?.version) <= head.version
          THEN \(cursor?.version) ELSE 0 END AS version
        FROM head
      ), page AS (
        (SELECT version, 'sessions' AS kind, \(sessionJSON) AS item FROM (
          SELECT s.* FROM breath.devices d
          CROSS JOIN LATERAL (SELECT t.* FROM breath.sessions t WHERE \(ofDevice)) s
          WHERE \(other) ORDER BY s.version LIMIT \(limit + 1)) s)
        UNION ALL
        (SELECT version, 'days', \(dayJSON) FROM (
          SELECT s.* FROM breath.devices d
          CROSS JOIN LATERAL (SELECT t.* FROM breath.day_totals t WHERE \(ofDevice)) s
          WHERE \(other) ORDER BY s.version LIMIT \(limit + 1)) s)
        UNION ALL
        (SELECT version, 'devices', \(deviceJSON) FROM breath.devices d WHERE \(other) AND d.\(first))
        ORDER BY version
        LIMIT \(limit + 1)
      ), kept AS (
        SELECT * FROM page ORDER BY version LIMIT \(limit)
      )
      SELECT head.incarnation,
        (SELECT count(*) FROM page) > \(limit) AS more,
        CASE WHEN (SELECT count(*) FROM page) > \(limit) THEN (SELECT max(version) FROM kept)
          ELSE head.version END AS next_version,
        start.version IS DISTINCT FROM \(cursor?.version) AND \(cursor?.version) IS NOT NULL AS is_restart,
        (SELECT string_agg(item, ',' ORDER BY version) FROM kept WHERE kind = 'sessions') AS sessions,
        (SELECT string_agg(item, ',' ORDER BY version) FROM kept WHERE kind = 'days') AS days,
        (SELECT string_agg(item, ',' ORDER BY version) FROM kept WHERE kind = 'devices') AS devices
      FROM head CROSS JOIN start
      """
  }

  /// With a restart there is nothing left to compare against: `settings` and `deletions` come with their features.
  init(_ row: Row) throws(PostgresError) {
    let incarnation: UUID = try row["incarnation"]
    cursor = Cursor(incarnation: incarnation, version: try row["next_version"])
    more = try row["more"]
    isRestart = try row["is_restart"]
    json = [
      "sessions": try Changes.list(row, "sessions"), "days": try Changes.list(row, "days"), "settings": [],
      "deletions": [], "devices": try Changes.list(row, "devices"),
    ]
  }

  private static func list(_ row: Row, _ column: String) throws(PostgresError) -> JSON {
    let items: String? = try row[column]
    return .raw("[\(items ?? "")]")
  }

  /// The extension's own members first, as it wrote them; what was absent stays absent.
  private static let sessionFacts: SQL = """
    '"id":' || to_json(session_id)
      || ',"startedAt":"' || to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
      || '","endedAt":"' || to_char(ended_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
      || '","activeMs":' || active_ms || ',"cycles":' || cycles
      || coalesce(',"goalMinutes":' || goal_minutes, '') || coalesce(',"goalBonusXP":' || goal_bonus_xp, '')
      || coalesce(',"pledgeMultiplier":' || pledge_multiplier, '')
      || coalesce(',"pledgeHonored":' || pledge_honored, '') || coalesce(',"finalXP":' || final_xp, '')
    """

  /// What the server adds: which device it came from, and which day it counts for.
  private static let sessionPlace: SQL = """
    ',"device":"' || device_id || '","localDate":"' || local_date || '"}'
    """

  private static let dayJSON: SQL = """
    '{"date":"' || local_date || '","device":"' || device_id || '","sessions":' || sessions
      || ',"activeMs":' || active_ms || ',"cycles":' || cycles || ',"xp":' || xp || '}'
    """

  private static let deviceJSON: SQL = """
    '{"id":"' || device_id || '","name":' || to_json(name) || ',"timeZone":' || to_json(time_zone)
      || ',"revoked":' || (revoked_at IS NOT NULL) || '}'
    """
}
