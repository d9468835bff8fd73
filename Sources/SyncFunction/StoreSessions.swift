import Backend
import BreathDomain
import Postgres
import Practice
import StrictJSON

/// Stores the sessions that a push brings of one device in one call, with the day totals, sums and digest that follow from
/// them (`breath.store_sessions`).
///
/// Must run after the prologue has locked the account in the same pipeline: then nobody else writes this account, what is
/// known is exact, and version order is commit order. The lock stands in a statement of its own because a statement's
/// snapshot is older than a lock it waits for (docs/design/faults.md, "Order").
struct StoreSessions {
  let pusher: Pusher
  /// Whose sessions these are.
  let device: DeviceID
  /// The marker of the device's last reset, as the pusher knows it.
  let marker: Timestamp?
  let sessions: [PushedSession]

  var pipeline: Pipeline<Verdicts> {
    let facts = sessions.map(\.session)
    let prefix = Hash.prefix(of: device.uuid)
    let hashes = facts.map { Hash($0, prefix: prefix) }
    return Pipeline(
      """
      SELECT place, status FROM breath.store_sessions(
        \(pusher.caller.account.uuid), \(pusher.caller.device.uuid), \(device.uuid), \(marker?.date),
        \(pusher.requestID), NULL, \(facts.map(\.id)), \(facts.map(\.startedAt.date)),
        \(sessions.map(\.localDate)), \(facts.map(\.facts)), \(facts.map(\.countedMs)),
        \(facts.map { max(0, $0.cycles) }), \(facts.map(\.xp)), \(facts.map { $0.flags(now: pusher.now).rawValue }),
        \(hashes.map(\.high)), \(hashes.map(\.low)))
      """, rows: judge)
  }

  /// - Parameter rows: one for each session that was not stored, or is another device's too.
  private func judge(_ rows: ResultSet) throws -> Verdicts {
    var verdicts = Verdicts()
    var fates = [SessionFate](repeating: .stored, count: sessions.count)
    for row in rows {
      let index = Int(try row["place"] as Int32) - 1
      let outcome: Outcome = try row["status"]
      if outcome == .heldByOtherDevice {
        fates[index] = .storedAsTwin
      } else {
        fates[index] = .keptOut
        verdicts.add(Verdict(outcome, sessions[index].pointer, id: sessions[index].session.id))
      }
    }
    verdicts.addStored(sessions, fates, now: pusher.now)
    return verdicts
  }
}

enum SessionFate {
  case stored, storedAsTwin
  /// Or folded into its day: its verdict is another's to give.
  case keptOut
}

extension Verdicts {
  /// Those of the sessions that were stored, with a remark where there is one.
  /// - Parameter fates: of each.
  mutating func addStored(_ sessions: [PushedSession], _ fates: [SessionFate], now: Timestamp) {
    for (item, fate) in zip(sessions, fates) where fate != .keptOut {
      let flags = item.session.flags(now: now)
      if let remark = Verdict.flagged(item.pointer, id: item.session.id, flags, isTwin: fate == .storedAsTwin) {
        add(remark)
      } else {
        addStored(1)
      }
    }
  }
}
