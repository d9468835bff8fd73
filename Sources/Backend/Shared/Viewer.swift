import Postgres

/// Whose numbers a query shows, and in which zone.
struct Viewer {
  let account: SQL
  /// A relation of one row of breath.devices: whose clock tells what day it is.
  let device: SQL

  /// The person, on one of their devices.
  init(_ caller: Caller) { self.init(account: "\(caller.account.uuid)", on: caller.device) }

  /// The person whose account the flight has entered.
  init(entered device: DeviceID) { self.init(account: Viewer.entered, on: device) }

  private init(account: SQL, on device: DeviceID) {
    self.init(
      account: account,
      device: "(SELECT * FROM breath.devices WHERE account_id = \(account) AND device_id = \(device.uuid))")
  }

  private static let entered: SQL = "(SELECT nullif(current_setting('breath.account', true), '')::uuid)"

  private init(account: SQL, device: SQL) { (self.account, self.device) = (account, device) }

  /// Whoever has the id of a share, in the account that `breath.open_share` entered (sql/0025): where the person is at home,
  /// or else where they last practised.
  static let share = Viewer(
    account: entered,
    device: """
      (SELECT d.account_id, d.reset_at, d.clock_offset_ms, coalesce(a.time_zone, d.time_zone) AS time_zone
        FROM breath.devices d JOIN breath.accounts a USING (account_id)
        WHERE d.account_id = \(entered)
        ORDER BY d.left_at IS NOT NULL, d.rows_version DESC, d.device_id
        LIMIT 1)
      """)
}
