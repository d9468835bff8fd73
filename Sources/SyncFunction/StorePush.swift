package import Backend
package import BreathDomain
import Postgres
import StrictJSON

/// Who pushes, when, and in which request.
package struct Pusher {
  let caller: Caller
  let now: Timestamp
  let requestID: String

  package init(caller: Caller, now: Timestamp, requestID: String) {
    (self.caller, self.now, self.requestID) = (caller, now, requestID)
  }
}

/// Stores what a push brings, and judges each item of it. Must run after the account is locked in the same pipeline.
struct StorePush {
  enum Sessions {
    /// By the account's tier; a session that is not shared gets a verdict.
    case ifShared
    /// By the account's tier; what is not shared is folded into day totals instead.
    /// - Parameter isListed: each then gets a remark.
    case ifSharedElseFold(isListed: Bool)
    /// Not, because the request asks for day totals; each session gets a verdict.
    case no
    /// Not, but their day totals count.
    case fold
  }

  private let push: Push
  private let sessions: Sessions
  private let pusher: Pusher

  init(_ push: Push, sessions: Sessions, by pusher: Pusher) {
    self.push = push.withinCentury(of: pusher.now.utcDate)
    self.sessions = sessions
    self.pusher = pusher
  }

  var pipeline: Pipeline<Verdicts> {
    Pipeline(all: parts).map { parts in parts.reduce(into: Verdicts()) { $0.add($1) } }
  }

  /// In the order of docs/sync.md: what is cleared goes before what is stored anew.
  private var parts: [Pipeline<Verdicts>] {
    var parts = [Pipeline(of: Verdicts(push.verdicts, notices: push.notices))]
    if !push.isEmpty { parts.append(pusher.caller.moves.map { Verdicts() }) }
    if push.verdicts.contains(where: { $0.status == .rejected }) { parts.append(noteUnreadable.map { Verdicts() }) }
    if !push.devices.isEmpty { parts.append(UpdateDevice.adopt(push.devices, by: pusher.caller)) }
    if let marker = push.reset { parts.append(UpdateDevice.reset(marker, by: pusher).map { Verdicts() }) }
    for (device, items) in grouped(push.sessions, by: \.device) { parts.append(store(items, of: device)) }
    for (device, items) in grouped(push.days, by: \.device) {
      parts.append(StoreDays(pusher: pusher, device: device, marker: push.marker(of: device), days: items).pipeline)
    }
    if let (counters, pointer) = push.counters {
      parts.append(UpdateDevice.report(counters, at: pointer, marker: push.reset, of: pusher.caller))
    }
    if !push.settings.isEmpty { parts.append(StoreSettings(pusher: pusher, settings: push.settings).pipeline) }
    if !push.deletions.isEmpty { parts.append(DeleteSessions(pusher: pusher, deletions: push.deletions).pipeline) }
    return parts
  }

  /// In the order in which the devices appear; nearly always there is one.
  private func grouped<Item>(_ items: [Item], by device: (Item) -> DeviceID) -> [(DeviceID, [Item])] {
    let groups = Dictionary(grouping: items, by: device)
    guard groups.count > 1 else { return groups.map { ($0.key, $0.value) } }
    var seen: Set<DeviceID> = []
    return items.map(device).filter { seen.insert($0).inserted }.map { ($0, groups[$0] ?? []) }
  }

  private func store(_ items: [PushedSession], of device: DeviceID) -> Pipeline<Verdicts> {
    func folding(isListed: Bool) -> FoldSessions {
      FoldSessions(
        pusher: pusher, device: device, marker: push.marker(of: device), sessions: items, isListed: isListed)
    }
    switch sessions {
    case .ifShared:
      return StoreSessions(pusher: pusher, device: device, marker: push.marker(of: device), sessions: items).pipeline
    case .ifSharedElseFold(let isListed): return folding(isListed: isListed).orStoring
    case .fold: return folding(isListed: false).pipeline
    case .no:
      return Pipeline(of: Verdicts(items.map { Verdict(.detailIsDays, $0.pointer, id: $0.session.id) }))
    }
  }

  /// A line in the person's ledger about what could not be read.
  private var noteUnreadable: Pipeline<Void> {
    let (account, device) = (pusher.caller.account.uuid, pusher.caller.device.uuid)
    return Pipeline(
      """
      SELECT breath.note_unreadable(
        \(account), \(device), \(pusher.requestID), \(push.verdicts.map(\.id)), \(push.verdicts.map(\.code)),
        \(push.verdicts.map { "\($0.pointer)" }))
      """)
  }
}
