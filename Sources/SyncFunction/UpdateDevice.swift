import Backend
import BreathDomain
import Postgres
import StrictJSON

/// Writes to rows of devices. Each takes a version only when something changes.
enum UpdateDevice {
  /// A new name, zone, or clock. Sessions stored later in the same pipeline already belong to the new zone's dates.
  /// - Returns: what of it was not taken.
  static func tell(_ news: DeviceNews, by pusher: Pusher) -> Pipeline<[Notice]> {
    guard news.hasAny else { return Pipeline(of: news.notices) }
    let behindMs = news.clock.map { pusher.now.milliseconds - $0.milliseconds }
    return Pipeline(
      """
      SELECT is_unknown_zone FROM breath.update_device(
        \(pusher.caller.account.uuid), \(pusher.caller.device.uuid), \(news.name), \(news.timeZone?.text), \(behindMs))
      """,
      row: { row in
        guard let zone = news.timeZone else { return news.notices }
        let isUnknown: Bool = try row["is_unknown_zone"]
        return news.notices + zone.notices(isUnknown: isUnknown || zone.text == nil)
      })
  }

  /// Lifetime counters: each keeps the larger value, unless the device was cleared since.
  static func report(
    _ counters: Counters, at pointer: JSONPointer, marker: Timestamp?, of caller: Caller
  ) -> Pipeline<Verdicts> {
    Pipeline(
      """
      SELECT breath.report_counters(
        \(caller.account.uuid), \(caller.device.uuid), \(marker?.date), \(counters.totalXP), \(counters.longestStreak),
        \(counters.challengesCompleted), \(counters.totalMeditationMs)) AS status
      """,
      row: { row in
        let outcome: Outcome? = try row["status"]
        return Verdicts(outcome.map { [Verdict($0, pointer, id: "counters")] } ?? [])
      })
  }

  /// Clears the caller's own device, if the marker is later than its last one.
  static func reset(_ marker: Timestamp, by pusher: Pusher) -> Pipeline<Void> {
    let (account, device) = (pusher.caller.account.uuid, pusher.caller.device.uuid)
    return Pipeline("SELECT breath.push_reset(\(account), \(device), \(marker.date), \(pusher.requestID))")
  }

  /// Other devices as the caller knows them; those that there is no room for get a verdict.
  static func adopt(_ devices: [KnownDevice], by caller: Caller) -> Pipeline<Verdicts> {
    Pipeline(
      """
      SELECT place FROM breath.adopt_devices(
        \(caller.account.uuid), \(caller.device.uuid), \(devices.map(\.id.uuid)), \(devices.map(\.name)),
        \(devices.map { $0.timeZone?.text }), \(devices.map { $0.reset?.date })) AS place
      """,
      each: { row in
        let device = devices[Int(try row["place"] as Int32) - 1]
        return Verdict.tooManyDevices(device.pointer, id: device.id.uuid.lowercased)
      }
    ).map { Verdicts($0) }
  }
}
