import BreathDomain
import Postgres
import StrictJSON

/// Stores what a device says about settings. Each device's newest statement is kept; of those, the one with the latest
/// corrected time wins, on a tie the greater device id (docs/design/faults.md, "Clocks"): arrival decides nothing. An
/// account holds so many settings, and so many statements about them (`breath.account_bounds`); one that is there
/// already can always be changed.
struct StoreSettings {
  let caller: Caller
  let settings: [PushedSetting]
  let requestID: String

  /// A clock in the future wins for so long and no longer.
  private static let aheadMax: StaticString = "interval '5 minutes'"

  /// Answers a row for each setting: what became of it.
  var statement: SQL {
    """
    WITH incoming AS (
      \(incoming)
    ), head AS (
      SELECT a.version, d.clock_offset_ms
      FROM breath.accounts a JOIN breath.devices d USING (account_id)
      WHERE a.account_id = \(accountID) AND d.device_id = \(deviceID)
    ), corrected AS (
      SELECT i.*, least(
          breath.corrected_time(i.stated_at, head.clock_offset_ms), clock_timestamp() + \(raw: StoreSettings.aheadMax)
        ) AS changed_at
      FROM incoming i CROSS JOIN head
    ), held AS (
      -- Counted only when a device says something of a setting for the first time.
      SELECT count(*) AS statements, count(DISTINCT (module, key)) AS settings
      FROM breath.settings WHERE account_id = \(accountID)
    ), compared AS (
      SELECT c.position, c.module, c.key, c.value, c.stated_at,
        -- What a device says later is later, though its clock was set right in between.
        greatest(c.changed_at, own.changed_at + interval '1 millisecond') AS changed_at,
        own.changed_at AS own_changed_at,
        CASE WHEN own.stated_at = c.stated_at AND own.value = c.value THEN 'duplicate'
          WHEN own.stated_at >= c.stated_at THEN 'superseded' END AS kept_out,
        own.device_id IS NULL AS is_first,
        own.device_id IS NULL AND NOT EXISTS (
          SELECT FROM breath.settings k WHERE k.account_id = \(accountID) AND k.module = c.module AND k.key = c.key
        ) AS is_new
      FROM corrected c
      LEFT JOIN LATERAL (
        SELECT * FROM breath.settings
        WHERE account_id = \(accountID) AND module = c.module AND key = c.key AND device_id = \(deviceID)
        LIMIT 1
      ) own ON true
    ), bounded AS (
      SELECT b.position, b.module, b.key, b.value, b.stated_at, b.changed_at, b.own_changed_at,
        CASE WHEN b.is_new AND b.new_so_far > b.settings_max - (SELECT settings FROM held)
          OR b.is_first AND b.first_so_far > b.statements_max - (SELECT statements FROM held)
          THEN 'too_many_settings' ELSE b.kept_out END AS kept_out
      FROM (
        SELECT c.*, bounds.settings_max, bounds.statements_max,
          count(*) FILTER (WHERE c.is_new) OVER so_far AS new_so_far,
          count(*) FILTER (WHERE c.is_first) OVER so_far AS first_so_far
        FROM compared c CROSS JOIN breath.account_bounds() AS bounds
        WINDOW so_far AS (ORDER BY c.position)
      ) b
    ), judged AS (
      SELECT c.*, CASE WHEN EXISTS (
        SELECT FROM breath.settings w
        WHERE w.account_id = \(accountID) AND w.module = c.module AND w.key = c.key AND w.device_id <> \(deviceID)
          AND (w.changed_at, w.device_id)
            > (CASE WHEN c.kept_out IS NULL THEN c.changed_at ELSE c.own_changed_at END, \(deviceID))
      ) AND c.kept_out IS DISTINCT FROM 'too_many_settings' THEN 'superseded' ELSE c.kept_out END AS status
      FROM bounded c
    ), stored AS (
      INSERT INTO breath.settings AS s (account_id, module, key, device_id, version, value, stated_at, changed_at)
      SELECT \(accountID), j.module, j.key, \(deviceID), head.version + row_number() OVER (ORDER BY j.position),
        j.value, j.stated_at, j.changed_at
      FROM judged j CROSS JOIN head
      WHERE j.kept_out IS NULL
      ON CONFLICT (account_id, module, key, device_id) DO UPDATE SET
        version = excluded.version, value = excluded.value, stated_at = excluded.stated_at,
        changed_at = excluded.changed_at
      RETURNING version
    ), account AS (
      UPDATE breath.accounts SET version = version + (SELECT count(*) FROM stored)
      WHERE account_id = \(accountID) AND EXISTS (SELECT FROM stored)
    ), device AS (
      UPDATE breath.devices d SET rows_version = (SELECT max(version) FROM stored)
      WHERE d.account_id = \(accountID) AND d.device_id = \(deviceID) AND EXISTS (SELECT FROM stored)
    ), \(LedgerEntry.of("settings", caller, requestID, id: "j.module || '.' || j.key"))
    SELECT j.position::int AS position, j.status, j.kept_out IS NOT NULL AS is_kept_out
    FROM judged j ORDER BY j.position
    """
  }

  private var accountID: SQL { "\(caller.account.uuid)" }
  private var deviceID: SQL { "\(caller.device.uuid)" }

  private var incoming: SQL {
    let settings = settings.map(\.setting)
    return """
      SELECT * FROM unnest(
        \(settings.map(\.module.rawValue)), \(settings.map(\.key)), \(settings.map(\.value.text)),
        \(settings.map(\.changedAt.date))
      ) WITH ORDINALITY AS i (module, key, value, stated_at, position)
      """
  }

  func judge(_ result: ResultSet, into verdicts: inout Verdicts) throws(PostgresError) {
    for row in result {
      let position: Int32 = try row["position"]
      let item = settings[Int(position) - 1]
      switch try row["status"] as String? {
      case nil: verdicts.addStored(1)
      case "superseded"?:
        let isKeptOut: Bool = try row["is_kept_out"]
        verdicts.add(.superseded(item.pointer, id: item.id, isStored: !isKeptOut))
      case let status?: verdicts.add(Verdict(status: status, item.pointer, id: item.id))
      }
    }
  }
}
