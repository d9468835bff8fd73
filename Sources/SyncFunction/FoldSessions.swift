import Backend
import BreathDomain
import Postgres
import Practice
import StrictJSON

/// Counts the sessions that a push brings of one device in their days, where they are not shared and so not kept
/// (`breath.fold_sessions`). Must run where `StoreSessions` may.
struct FoldSessions {
  let pusher: Pusher
  /// Whose sessions these are.
  let device: DeviceID
  /// The marker of the device's last reset, as the pusher knows it.
  let marker: Timestamp?
  let sessions: [PushedSession]
  /// Whether each folded session gets a remark; an import is counted in days, as it tells no places of theirs.
  let isListed: Bool

  /// Whatever the account shares.
  var pipeline: Pipeline<Verdicts> {
    let facts = sessions.map(\.session)
    return Pipeline(
      """
      SELECT place, status, folded_on FROM breath.fold_sessions(
        \(pusher.caller.account.uuid), \(pusher.caller.device.uuid), \(device.uuid), \(marker?.date),
        \(pusher.requestID), false, \(facts.map(\.id)), \(facts.map(\.startedAt.date)),
        \(sessions.map(\.localDate)), \(facts.map(\.countedMs)), \(facts.map { max(0, $0.cycles) }),
        \(facts.map(\.xp)))
      """, rows: judge)
  }

  /// Where the account shares single sessions, they are stored as `StoreSessions` does.
  var orStoring: Pipeline<Verdicts> {
    let facts = sessions.map(\.session)
    let prefix = Hash.prefix(of: device.uuid)
    let hashes = facts.map { Hash($0, prefix: prefix) }
    return Pipeline(
      """
      SELECT place, status, folded_on FROM breath.store_or_fold_sessions(
        \(pusher.caller.account.uuid), \(pusher.caller.device.uuid), \(device.uuid), \(marker?.date),
        \(pusher.requestID), \(facts.map(\.id)), \(facts.map(\.startedAt.date)),
        \(sessions.map(\.localDate)), \(facts.map(\.facts)), \(facts.map(\.countedMs)),
        \(facts.map { max(0, $0.cycles) }), \(facts.map(\.xp)), \(facts.map { $0.flags(now: pusher.now).rawValue }),
        \(hashes.map(\.high)), \(hashes.map(\.low)))
      """, rows: judge)
  }

  /// - Parameter rows: one for each session that was not stored by itself.
  private func judge(_ rows: ResultSet) throws -> Verdicts {
    var verdicts = Verdicts()
    var fates = [SessionFate](repeating: .stored, count: sessions.count)
    /// The days of an import: whether anything new counts there.
    var days: [LocalDate: Bool] = [:]
    for row in rows {
      let index = Int(try row["place"] as Int32) - 1
      let outcome: Outcome = try row["status"]
      if outcome == .heldByOtherDevice {
        fates[index] = .storedAsTwin
        continue
      }
      fates[index] = .keptOut
      let date: LocalDate? = try row["folded_on"]
      if !isListed, let date, [.folded, .duplicate].contains(outcome) {
        days[date] = days[date] == true || outcome == .folded
      } else {
        verdicts.add(Verdict(outcome, sessions[index].pointer, id: sessions[index].session.id))
      }
    }
    for isNew in days.values {
      if isNew { verdicts.addStored(1) } else { verdicts.addUnlistedDuplicate() }
    }
    verdicts.addStored(sessions, fates, now: pusher.now)
    return verdicts
  }
}
