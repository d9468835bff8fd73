import Backend
import BreathDomain
import Postgres
import Practice
import StrictJSON

/// Stores day totals that are reported of one device (`breath.store_days`). A report only ever grows, so repeating a push
/// changes nothing. Must run where `StoreSessions` may.
struct StoreDays {
  let pusher: Pusher
  /// Whose days these are.
  let device: DeviceID
  /// The marker of the device's last reset, as the pusher knows it.
  let marker: Timestamp?
  /// Each date once.
  let days: [PushedDay]

  var pipeline: Pipeline<Verdicts> {
    let totals = days.map(\.day)
    return Pipeline(
      """
      SELECT place, status FROM breath.store_days(
        \(pusher.caller.account.uuid), \(pusher.caller.device.uuid), \(device.uuid), \(marker?.date),
        \(pusher.requestID), \(totals.map(\.date)), \(totals.map(\.sessions)), \(totals.map(\.activeMs)),
        \(totals.map(\.cycles)), \(totals.map(\.xp)))
      """,
      rows: { rows in
        try Verdicts(rows, of: days) { item, outcome, _ in
          Verdict(outcome, item.pointer, id: "\(item.day.date)")
        }
      })
  }
}
