import BreathDomain
import Postgres
import StrictJSON

/// Counts the sessions that a push brings of one device in their days, where they are not shared and so not kept
/// (`fold_sessions` in sql/). Must run where `StoreSessions` may.
struct FoldSessions {
  let caller: Caller
  /// Whose sessions these are.
  let device: DeviceID
  /// The marker of the device's last reset, as the pusher knows it.
  let marker: Timestamp?
  let sessions: [PushedSession]
  let now: Timestamp
  let requestID: String
  /// Whether each folded session gets a remark; an import is counted in days, as it tells no places of theirs.
  let isListed: Bool

  /// Whatever the account shares.
  var statement: SQL {
    let facts = sessions.map(\.session)
    return """
      SELECT place, status, folded_on FROM breath.fold_sessions(
        \(caller.account.uuid), \(caller.device.uuid), \(device.uuid), \(marker?.date), \(requestID), false,
        \(facts.map(\.id)), \(facts.map(\.startedAt.date)), \(sessions.map { $0.localDate?.postgres }),
        \(facts.map(\.countedMs)), \(facts.map { max(0, $0.cycles) }), \(facts.map(\.xp)))
      """
  }

  /// Where the account shares single sessions, they are stored as `StoreSessions` does.
  var orStoring: SQL {
    let facts = sessions.map(\.session)
    let prefix = Hash.prefix(of: device.uuid)
    let hashes = facts.map { Hash($0, prefix: prefix) }
    return """
      SELECT place, status, folded_on FROM breath.store_or_fold_sessions(
        \(caller.account.uuid), \(caller.device.uuid), \(device.uuid), \(marker?.date), \(requestID),
        \(facts.map(\.id)), \(facts.map(\.startedAt.date)), \(sessions.map { $0.localDate?.postgres }),
        \(facts.map(\.facts)), \(facts.map(\.countedMs)), \(facts.map { max(0, $0.cycles) }), \(facts.map(\.xp)),
        \(facts.map { $0.flags(now: now).rawValue }), \(hashes.map(\.high)), \(hashes.map(\.low)))
      """
  }

  /// - Parameter result: of either: a row for each session that was not stored by itself.
  func judge(_ result: ResultSet, into verdicts: inout Verdicts) throws(PostgresError) {
    var (isStored, isTwin) = ([Bool](repeating: true, count: sessions.count), Set<Int>())
    /// The days of an import: whether anything new counts there.
    var days: [PostgresDate: Bool] = [:]
    for row in result {
      let place: Int32 = try row["place"]
      let status: String = try row["status"]
      let date: PostgresDate? = try row["folded_on"]
      if status == Verdict.heldByOtherDevice {
        isTwin.insert(Int(place) - 1)
        continue
      }
      let item = sessions[Int(place) - 1]
      isStored[Int(place) - 1] = false
      if !isListed, let date, ["folded", "duplicate"].contains(status) {
        days[date] = days[date] == true || status == "folded"
      } else {
        verdicts.add(Verdict(status: status, item.pointer, id: item.session.id))
      }
    }
    for isNew in days.values {
      if isNew { verdicts.addStored(1) } else { verdicts.addUnlistedDuplicate() }
    }
    for (index, item) in sessions.enumerated() where isStored[index] {
      if let remark = Verdict.flagged(
        item.pointer, id: item.session.id, item.session.flags(now: now), isTwin: isTwin.contains(index))
      {
        verdicts.add(remark)
      } else {
        verdicts.addStored(1)
      }
    }
  }
}
