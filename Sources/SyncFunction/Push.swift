import Backend
package import BreathDomain
package import StrictJSON

/// What a device sends: each readable item once, with the place it came from, and a verdict for every other.
package struct Push {
  /// Who pushes.
  let own: DeviceID
  /// What the pusher knows of other devices of the account.
  private(set) var devices: [KnownDevice] = []
  /// The marker of the caller's last clearing; it comes with every push after that.
  private(set) var reset: Timestamp?
  package private(set) var sessions: [PushedSession] = []
  package private(set) var days: [PushedDay] = []
  package private(set) var counters: (counters: Counters, pointer: JSONPointer)?
  package private(set) var settings: [PushedSetting] = []
  package private(set) var deletions: [PushedDeletion] = []
  private(set) var notices: [Notice] = []
  /// Verdicts on items that never reach the database.
  package private(set) var verdicts: [Verdict] = []
  private var sessionsSeen: [ItemKey: Session] = [:]
  private var daysSeen: [ItemKey: Int] = [:]
  private var settingsSeen: [ItemKey: Int] = [:]
  private var deletionsSeen: Set<ItemKey> = []

  /// Nothing that could change a row: a marker alone may.
  package var isEmpty: Bool {
    sessions.isEmpty && days.isEmpty && counters == nil && settings.isEmpty && deletions.isEmpty && devices.isEmpty
      && reset == nil && verdicts.isEmpty
  }

  init(from own: DeviceID) { self.own = own }

  /// - Throws: what is wrong with the frame; what is wrong with an item becomes its verdict.
  init(_ node: JSONNode, from own: DeviceID) throws(JSONMismatch) {
    self.own = own
    _ = try node.object()
    reset = try node["reset"].ifPresent { node throws(JSONMismatch) in try node.object()["at"].timestamp() }
    try each(node["devices"]) { push, item throws(JSONMismatch) in
      let device = try KnownDevice(item)
      push.devices.append(device)
      push.notices += device.notices
    }
    sessionsSeen.reserveCapacity(node["sessions"].json?.array?.count ?? 0)
    try each(node["sessions"]) { push, item throws(JSONMismatch) in push.add(try PushedSession(item, from: push.own)) }
    try each(node["days"]) { push, item throws(JSONMismatch) in push.add(try PushedDay(item, from: push.own)) }
    try each(node["settings"]) { push, item throws(JSONMismatch) in push.add(try PushedSetting(item)) }
    try each(node["deletions"]) { push, item throws(JSONMismatch) in push.add(try PushedDeletion(item, from: push.own))
    }
    if node["counters"].exists {
      do throws(JSONMismatch) { counters = (try Counters(node["counters"]), node["counters"].pointer) } catch {
        verdicts.append(.rejected(node["counters"], error))
      }
    }
  }

  /// The push that an export file makes: its sessions and its counters.
  /// - Parameter reset: the marker of the device's last clearing, which the file does not tell.
  init(_ export: ExportFile, from own: DeviceID, reset: Timestamp?) {
    self.own = own
    self.reset = reset
    counters = (export.counters, JSONPointer.root["breathMaster"]["meditation"])
    for record in export.records {
      switch record {
      case .session(let session, let pointer): add(PushedSession(session, of: own, at: pointer))
      case .unreadable(let mismatch, let item): verdicts.append(.rejected(item, mismatch))
      }
    }
  }

  /// The marker that records of a device must have been made after; nil for one that was never cleared.
  func marker(of device: DeviceID) -> Timestamp? {
    device == own ? reset : devices.last { $0.id == device }?.reset
  }
}

// MARK: - What is kept out

extension Push {
  /// Nobody practised a century ago or will in one: such a date is a device's mistake, and each is a row for ever.
  private static let daysAwayMax = 36_525

  /// Without what is farther away than that, which gets a verdict.
  func withinCentury(of today: LocalDate) -> Push {
    var push = self
    func isAway(_ date: LocalDate) -> Bool { abs(date.days(since: today)) > Push.daysAwayMax }
    push.sessions.removeAll { isAway($0.session.startedAt.utcDate) }
    push.days.removeAll { isAway($0.day.date) }
    guard push.sessions.count < sessions.count || push.days.count < days.count else { return self }
    for item in sessions where isAway(item.session.startedAt.utcDate) {
      push.verdicts.append(.away(item.pointer, id: item.session.id, "startedAt"))
    }
    for item in days where isAway(item.day.date) {
      push.verdicts.append(.away(item.pointer, id: "\(item.day.date)", "date"))
    }
    return push
  }
}

extension Verdict {
  fileprivate static func away(_ pointer: JSONPointer, id: String, _ member: String) -> Verdict {
    Verdict(
      pointer, id: id, .rejected, code: "out_of_range",
      detail: "\(member) must be within a hundred years of now. Look at this machine's clock.")
  }
}

// MARK: - Items

extension Push {
  private mutating func each(
    _ list: JSONNode, _ read: (inout Push, JSONNode) throws(JSONMismatch) -> Void
  ) throws(JSONMismatch) {
    for item in try list.ifPresent({ node throws(JSONMismatch) in try node.items() }) ?? [] {
      do throws(JSONMismatch) { try read(&self, item) } catch { verdicts.append(.rejected(item, error)) }
    }
  }

  /// The same id twice in one push: the first is kept, so that one statement can store them all.
  private mutating func add(_ item: PushedSession) {
    let key = ItemKey(item.device, item.session.id)
    guard let first = sessionsSeen[key] else {
      sessionsSeen[key] = item.session
      return sessions.append(item)
    }
    let id = item.session.id
    verdicts.append(Verdict(first == item.session ? .duplicate : .conflict, item.pointer, id: id))
  }

  /// The same date twice in one push: the larger values count, as over two pushes.
  private mutating func add(_ item: PushedDay) {
    let key = ItemKey(item.device, "\(item.day.date)")
    guard let place = daysSeen[key] else {
      daysSeen[key] = days.count
      return days.append(item)
    }
    days[place].day = days[place].day.merged(with: item.day)
    verdicts.append(Verdict(.duplicate, item.pointer, id: "\(item.day.date)"))
  }

  /// The same setting twice in one push: the later change is what this device says.
  private mutating func add(_ item: PushedSetting) {
    let key = ItemKey(own, item.id)
    guard let place = settingsSeen[key] else {
      settingsSeen[key] = settings.count
      return settings.append(item)
    }
    let isNewer = item.setting.changedAt > settings[place].setting.changedAt
    let older = isNewer ? settings[place] : item
    if isNewer { settings[place] = item }
    verdicts.append(.superseded(older.pointer, id: older.id))
  }

  private mutating func add(_ item: PushedDeletion) {
    guard deletionsSeen.insert(ItemKey(item.device, item.session)).inserted else {
      return verdicts.append(Verdict(.duplicate, item.pointer, id: item.session))
    }
    deletions.append(item)
  }
}

/// An item's own key within its device.
private struct ItemKey: Hashable {
  let device: DeviceID
  /// Exactly: to Swift's `==` some texts of different code points are equal.
  let id: [UInt8]

  init(_ device: DeviceID, _ id: String) {
    self.device = device
    self.id = Array(id.utf8)
  }
}
