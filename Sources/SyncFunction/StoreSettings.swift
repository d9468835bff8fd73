import Backend
import BreathDomain
import Postgres
import StrictJSON

/// Stores what a device says about settings (`breath.store_settings`): of what the devices say of one, the latest by a
/// right clock counts. Must run where `StoreSessions` may.
struct StoreSettings {
  let pusher: Pusher
  /// Each once.
  let settings: [PushedSetting]

  var pipeline: Pipeline<Verdicts> {
    let stated = settings.map(\.setting)
    return Pipeline(
      """
      SELECT place, status, is_stored FROM breath.store_settings(
        \(pusher.caller.account.uuid), \(pusher.caller.device.uuid), \(pusher.requestID),
        \(stated.map(\.module.rawValue)), \(stated.map(\.key)), \(stated.map(\.value.text)),
        \(stated.map(\.changedAt.date)))
      """,
      rows: { rows in
        try Verdicts(rows, of: settings) { item, outcome, row in
          guard outcome == .superseded else { return Verdict(outcome, item.pointer, id: item.id) }
          return .superseded(item.pointer, id: item.id, isStored: try row["is_stored"])
        }
      })
  }
}
