/// What people do on a device while it may be offline. Each is one local transaction.
extension Client {
  mutating func practise(_ fact: Fact) {
    disk.keep(fact, of: id)
    if disk.tier == .sessions { disk.outbox.add(.session(RecordKey(device: id, id: fact.id))) }
  }

  /// Reports the own day total, which only grows.
  /// - Parameter extra: practice that leaves no session, like a one-minute breath.
  mutating func report(_ date: String, extra: DayNumbers = DayNumbers()) {
    let counted = ownSessions(on: date).reduce(extra) { $0.plus($1.counted) }
    let key = DayKey(device: id, date: date)
    let known = disk.days[id]?[date] ?? DayNumbers()
    let grown = known.larger(counted)
    guard grown != known else { return }
    disk.days[id, default: [:]][date] = grown
    disk.outbox.add(.day(key, grown))
  }

  mutating func count(_ counters: CounterNumbers) {
    disk.counters = counters
    disk.outbox.add(.counters(counters))
  }

  mutating func delete(_ key: RecordKey) {
    disk.delete(key)
    disk.outbox.removeAll(about: .session(key))
    disk.outbox.add(.deletion(key))
  }

  /// - Parameter clockMs: what the device's clock shows.
  mutating func change(_ key: String, to value: String, clockMs: Int64) -> Statement {
    // Growing, as the marker of a reset: a clock that was set back must not make the newest choice the older one.
    let last = disk.stated[key]?.changedAtMs
    let growing = bug == .statementsFollowTheClock ? clockMs : max(clockMs, last.map { $0 + 1 } ?? clockMs)
    let statement = Statement(value: value, changedAtMs: growing, device: id)
    disk.stated[key] = statement
    disk.outbox.add(.setting(key, statement))
    return statement
  }

  /// The person clears the device's data.
  mutating func clear(clockMs: Int64) {
    let last = own.resetMs
    let marker = bug == .markerFollowsTheClock ? clockMs : max(clockMs, last.map { $0 + 1 } ?? clockMs)
    disk.devices[id]!.resetMs = marker
    for session in (disk.sessions[id] ?? [:]).keys.sorted() {
      forget(RecordKey(device: id, id: session))
    }
    disk.days[id] = nil
    disk.counters = CounterNumbers()
    disk.outbox.removeAll { [id] in $0.belongsToPractice(of: id) }
    disk.outbox.removeAll(about: .counters)
  }

  /// The server makes tombstones of what it has; of what it may not have seen yet only this device knows, and what was
  /// never sent is nobody's business.
  private mutating func forget(_ key: RecordKey) {
    let isOnItsWay = disk.outbox.entries.contains(.session(key))
    guard isOnItsWay || disk.told.contains(key.id) else {
      disk.sessions[id]?[key.id] = nil
      return
    }
    disk.delete(key)
    if isOnItsWay { disk.outbox.add(.deletion(key)) }
  }

  /// A second record under the id of one that is stored, as after a clock was set back.
  mutating func sendOther(_ key: RecordKey) { disk.outbox.add(.tampered(key)) }

  /// A record that only a faulty client would send.
  mutating func talkNonsense(_ id: String, ofNobody: Bool) {
    disk.outbox.add(ofNobody ? .ofNobody(id) : .nonsense(id))
  }

  private func ownSessions(on date: String) -> [Fact] {
    (disk.sessions[id] ?? [:]).values.map(\.fact).filter { zone.date($0.startedMs) == date }
  }

  var ownDates: Set<String> { Set((disk.sessions[id] ?? [:]).values.map { zone.date($0.fact.startedMs) }) }
}

extension Entry {
  /// Whether clearing a device takes it back.
  func belongsToPractice(of device: DeviceID) -> Bool {
    switch self {
    case .session(let key): key.device == device
    case .day(let key, _): key.device == device
    case .tampered(let key): key.device == device
    case .counters, .deletion, .setting, .nonsense, .ofNobody, .device: false
    }
  }
}

extension Fact {
  /// What a session adds to its day (the counting rule).
  var counted: DayNumbers {
    let elapsed = endedMs - startedMs
    let hour = 3_600_000.0
    let plausible = max(hour, 2 * (goalMinutes ?? 0) * 60_000)
    let active = elapsed < 0 ? 0 : max(0, min(Double(activeMs), Double(elapsed), plausible))
    return DayNumbers(
      sessions: 1, activeMs: Int64(active), cycles: max(0, cycles), xp: max(0, cycles) + max(0, goalBonusXP ?? 0))
  }
}
