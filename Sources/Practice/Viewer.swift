package import Backend
package import Postgres

/// Whose numbers a query shows, and in which zone.
package struct Viewer {
  package let account: SQL
  /// A relation of one row: a device of the account, and the zone whose clock tells what day it is.
  package let device: SQL

  package init(_ asker: Asker, in stated: StatedZone? = nil) {
    switch asker {
    case .caller(let caller): self.init(caller, in: stated)
    case .wakaTimeKey(let key): self.init(entered: key.device, in: stated)
    }
  }

  /// The person, on one of their devices.
  /// - Parameter stated: for this one answer, if it means something.
  package init(_ caller: Caller, in stated: StatedZone? = nil) {
    self.init(account: "\(caller.account.uuid)", on: caller.device, isKey: caller.isKey, in: stated)
  }

  /// The person whose account the pipeline has entered, by a key.
  private init(entered device: DeviceID, in stated: StatedZone?) {
    self.init(account: Viewer.entered, on: device, isKey: true, in: stated)
  }

  /// A key has no clock of its own: it is where the person is at home, or else where the machine is that made it.
  private init(account: SQL, on device: DeviceID, isKey: Bool, in stated: StatedZone?) {
    let own: SQL = isKey ? "breath.zone_of_key(d.account_id, d.device_id)" : "d.time_zone"
    let zone: SQL = if let stated { "coalesce(\(stated.known), \(own))" } else { own }
    self.init(account: account, which: "d.account_id = \(account) AND d.device_id = \(device.uuid)", zone: zone)
  }

  private static let entered: SQL = "(SELECT nullif(current_setting('breath.account', true), '')::uuid)"

  /// Whoever has the id of a share, in the account that `breath.open_share` entered: where the person is at home,
  /// or else where they last practised.
  package static let share = Viewer(
    account: entered, which: "d.account_id = \(entered)",
    order: "ORDER BY d.left_at IS NOT NULL, d.rows_version DESC, d.device_id",
    zone: "coalesce((SELECT a.time_zone FROM breath.accounts a WHERE a.account_id = d.account_id), d.time_zone)")

  /// A stored zone is looked at once a query, which the limit sees to: without it, the planner would write the look into
  /// each place that the zone is used.
  private init(account: SQL, which: SQL, order: SQL = "", zone: SQL) {
    self.account = account
    device = """
      (SELECT d.account_id, d.device_id, d.reset_at, d.clock_offset_ms, breath.usable_zone(\(zone)) AS time_zone
        FROM breath.devices d
        WHERE \(which)
        \(order)
        LIMIT 1)
      """
  }
}
