import BreathDomain
import Postgres
import StrictJSON

/// Stores what a device says about settings. Each device's newest statement is kept; of those, the one with the latest
/// corrected time wins, on a tie the greater device id (RELIABILITY 2.4): arrival decides nothing.
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
    ), compared AS (
      SELECT c.position, c.module, c.key, c.value, c.stated_at,
        -- What a device says later is later, though its clock was set right in between.
        greatest(c.changed_at, own.changed_at + interval '1 millisecond') AS changed_at,
        own.changed_at AS own_changed_at,
        CASE WHEN own.stated_at = c.stated_at AND own.value = c.value THEN 'duplicate'
          WHEN own.stated_at >= c.stated_at THEN 'superseded' END AS kept_out
      FROM corrected c
      LEFT JOIN LATERAL (
        SELECT * FROM breath.settings
        WHERE account_id = \(accountID) AND module = c.module AND key = c.key AND device_id = \(deviceID)
        LIMIT 1
      ) own ON true
    ), judged AS (
      SELECT c.*, CASE WHEN EXISTS (
        SELECT FROM breath.settings w
        WHERE w.account_id = \(accountID) AND w.module = c.module AND w.key = c.key AND w.device_id <> \(deviceID)
          AND (w.changed_at, w.device_id)
            > (CASE WHEN c.kept_out IS NULL THEN c.changed_at ELSE c.own_changed_at END, \(deviceID))
      ) THEN 'superseded' ELSE c.kept_out END AS status
      FROM compared c
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
