import BreathDomain
import Postgres
import StrictJSON

/// Stores the sessions that a push brings of one device in one call, with the day totals, sums and digest that follow from
/// them (`breath.store_sessions`).
///
/// Must run after `begin_request` has locked the account in the same pipeline: then nobody else writes this account, what is
/// known is exact, and version order is commit order. The lock stands in a statement of its own because a statement's
/// snapshot is older than a lock it waits for (docs/design/faults.md, "Order").
struct StoreSessions {
  let caller: Caller
  /// Whose sessions these are.
  let device: DeviceID
  /// The marker of the device's last reset, as the pusher knows it.
  let marker: Timestamp?
  let sessions: [PushedSession]
  let now: Timestamp
  let requestID: String
  /// Whether to report sessions that the privacy tier keeps out: not when their day totals are stored instead.
  var reportsNotShared = true

  var statement: SQL {
    let facts = sessions.map(\.session)
    let prefix = Hash.prefix(of: device.uuid)
    let hashes = facts.map { Hash($0, prefix: prefix) }
    return """
      SELECT place, status FROM breath.store_sessions(
        \(caller.account.uuid), \(caller.device.uuid), \(device.uuid), \(marker?.date), \(requestID),
        \(reportsNotShared ? nil : Refusal.detailIsDays), \(facts.map(\.id)), \(facts.map(\.startedAt.date)),
        \(sessions.map { $0.localDate?.postgres }), \(facts.map(\.facts)), \(facts.map(\.countedMs)),
        \(facts.map { max(0, $0.cycles) }), \(facts.map(\.xp)), \(facts.map { $0.flags(now: now).rawValue }),
        \(hashes.map(\.high)), \(hashes.map(\.low)))
      """
  }

  /// - Parameter result: of `statement`: one row for each session that was not stored, or is another device's too.
  func judge(_ result: ResultSet, into verdicts: inout Verdicts) throws(PostgresError) {
    var (isKeptOut, isTwin) = ([Bool](repeating: false, count: sessions.count), Set<Int>())
    for row in result {
      let place: Int32 = try row["place"]
      let status: String = try row["status"]
      if status == Verdict.heldByOtherDevice {
        isTwin.insert(Int(place) - 1)
        continue
      }
      isKeptOut[Int(place) - 1] = true
      let item = sessions[Int(place) - 1]
      if reportsNotShared || status != Refusal.detailIsDays {
        verdicts.add(Verdict(status: status, item.pointer, id: item.session.id))
      }
    }
    for (index, item) in sessions.enumerated() where !isKeptOut[index] {
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
