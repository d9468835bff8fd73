package import BreathDomain
package import Postgres
import StrictJSON

/// The writing statements of a push, in the order they must run, and what their results mean.
package struct PushPipeline {
  enum StoresSessions {
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

  private let caller: Caller
  private let now: Timestamp
  private let requestID: String
  package private(set) var statements: [SQL] = []
  private var judges: [(index: Int, judge: (ResultSet, inout Verdicts) throws -> Void)] = []
  private var verdicts = Verdicts()

  init(_ caller: Caller, now: Timestamp, requestID: String) {
    self.caller = caller
    self.now = now
    self.requestID = requestID
  }

  /// What a sync writes.
  /// - Parameter charge: of the bytes that were sent (`ByteLimit`).
  package init(_ body: SyncRequest, of caller: Caller, now: Timestamp, requestID: String, charge: SQL? = nil) {
    self.init(caller, now: now, requestID: requestID)
    verdicts.notices += body.device.notices
    if !body.push.isEmpty { self.charge(charge) }
    if body.device.hasAny { note(body.device) }
    store(body.push, sessions: PushPipeline.mode(body.detail))
  }

  private mutating func note(_ stated: DeviceNews) {
    var news = stated
    if caller.isKey, news.timeZone != nil {
      news.timeZone = nil
      verdicts.notices.append(.zoneOfKey)
    }
    guard news.hasAny else { return }
    let zone = news.timeZone
    append(UpdateDevice.news(news, of: caller, now: now)) { result, verdicts in
      if let row = result.first, let zone {
        verdicts.notices += zone.notices(isUnknown: try row["is_unknown_zone"])
      }
    }
  }

  /// `detail` says what the client sends, and chooses nothing (docs/decisions/0028).
  private static func mode(_ detail: Detail?) -> StoresSessions {
    switch detail {
    case .sessions: .ifSharedElseFold(isListed: true)
    case .days: .no
    case nil: .ifShared
    }
  }

  /// Before anything is stored.
  mutating func charge(_ statement: SQL?) { statements += [statement].compactMap(\.self) }

  mutating func choose(_ detail: Detail) { statements.append(detail.choose(caller)) }

  /// In the order of docs/sync.md: what is cleared goes before what is stored anew.
  mutating func store(_ push: Push, sessions mode: StoresSessions) {
    let push = push.withinCentury(of: now.utcDate)
    if !push.isEmpty { statements += caller.moves }
    for verdict in push.verdicts { verdicts.add(verdict) }
    verdicts.notices += push.notices
    if push.verdicts.contains(where: { $0.status == .rejected }) {
      statements.append(LedgerEntry.unreadable(push.verdicts, caller, requestID))
    }
    if !push.devices.isEmpty { adopt(push.devices) }
    if let marker = push.reset { statements.append(UpdateDevice.reset(marker, of: caller, requestID)) }
    for (device, items) in grouped(push.sessions, by: \.device) {
      store(items, of: device, push.marker(of: device), mode)
    }
    for (device, items) in grouped(push.days, by: \.device) { store(items, of: device, push.marker(of: device)) }
    if let counters = push.counters { store(counters, push.reset) }
    if !push.settings.isEmpty { store(push.settings) }
    if !push.deletions.isEmpty { delete(push.deletions) }
  }

  /// In the order in which the devices appear; nearly always there is one.
  private func grouped<Item>(_ items: [Item], by device: (Item) -> DeviceID) -> [(DeviceID, [Item])] {
    let groups = Dictionary(grouping: items, by: device)
    guard groups.count > 1 else { return groups.map { ($0.key, $0.value) } }
    var seen: Set<DeviceID> = []
    return items.map(device).filter { seen.insert($0).inserted }.map { ($0, groups[$0] ?? []) }
  }

  private mutating func store(
    _ items: [PushedSession], of device: DeviceID, _ marker: Timestamp?, _ mode: StoresSessions
  ) {
    switch mode {
    case .ifShared: keep(items, of: device, marker)
    case .ifSharedElseFold(let isListed):
      let sessions = folding(items, of: device, marker, isListed: isListed)
      append(sessions.orStoring, sessions.judge)
    case .fold:
      let sessions = folding(items, of: device, marker, isListed: false)
      append(sessions.statement, sessions.judge)
    case .no:
      for item in items {
        verdicts.add(Verdict(status: Refusal.detailIsDays, item.pointer, id: item.session.id))
      }
    }
  }

  private mutating func keep(_ items: [PushedSession], of device: DeviceID, _ marker: Timestamp?) {
    let store = StoreSessions(
      caller: caller, device: device, marker: marker, sessions: items, now: now, requestID: requestID)
    append(store.statement, store.judge)
  }

  private func folding(
    _ items: [PushedSession], of device: DeviceID, _ marker: Timestamp?, isListed: Bool
  ) -> FoldSessions {
    FoldSessions(
      caller: caller, device: device, marker: marker, sessions: items, now: now, requestID: requestID,
      isListed: isListed)
  }

  private mutating func store(_ items: [PushedDay], of device: DeviceID, _ marker: Timestamp?) {
    let places = Dictionary(uniqueKeysWithValues: items.map { ($0.day.date, $0.pointer) })
    let store = StoreDays(caller: caller, device: device, marker: marker, requestID: requestID)
    append(store.statement(items.map(\.day))) { result, verdicts in
      try StoreDays.judge(result, places: places, into: &verdicts)
    }
  }

  private mutating func store(_ counters: (counters: Counters, pointer: JSONPointer), _ marker: Timestamp?) {
    append(UpdateDevice.counters(counters.counters, marker: marker, of: caller)) { result, verdicts in
      if let row = result.first, try row["is_from_before_reset"] {
        verdicts.add(Verdict(status: "before_reset", counters.pointer, id: "counters"))
      }
    }
  }

  private mutating func store(_ settings: [PushedSetting]) {
    let store = StoreSettings(caller: caller, settings: settings, requestID: requestID)
    append(store.statement, store.judge)
  }

  private mutating func adopt(_ devices: [KnownDevice]) {
    append(UpdateDevice.adopt(devices, by: caller)) { result, verdicts in
      for row in result {
        let place: Int32 = try row["place"]
        let device = devices[Int(place) - 1]
        verdicts.add(Verdict(status: "too_many_devices", device.pointer, id: device.id.uuid.lowercased))
      }
    }
  }

  private mutating func delete(_ deletions: [PushedDeletion]) {
    let delete = DeleteSessions(caller: caller, deletions: deletions, requestID: requestID)
    append(delete.statement, delete.judge)
  }

  private mutating func append(_ statement: SQL, _ judge: @escaping (ResultSet, inout Verdicts) throws -> Void) {
    judges.append((statements.count, judge))
    statements.append(statement)
  }

  /// - Parameter results: of `statements` and whatever ran behind them.
  func judge(_ results: [ResultSet]) throws -> Verdicts {
    try judges.reduce(into: verdicts) { verdicts, item in try item.judge(results[item.index], &verdicts) }
  }
}
