import BreathDomain
import StrictJSON

/// Applies one push to the account, in the order the protocol gives, and keeps a verdict for each item that was not
/// simply stored.
struct ModelPush {
  let device: DeviceID
  let nowMs: Int64
  let bug: ServerBug?
  private let body: JSON
  private let push: JSON
  var state: ModelState
  /// What the transaction saw when it began; the right server never looks at it.
  private let seen: ModelState
  var drawn: [Int64] = []
  private var ownVersion: Int64

  private(set) var verdicts: [JSON] = []
  private(set) var counts = (stored: 0, duplicate: 0, flagged: 0, rejected: 0)
  /// Settings whose statement lost: their winners go into the answer.
  var lost: Set<String> = []
  /// Devices whose items were made before a reset that the server knows of.
  private var outdated: Set<DeviceID> = []
  /// When the sessions began that came or went.
  private var touched: Set<Int64> = []

  init(_ device: DeviceID, _ body: JSON, _ state: ModelState, seen: ModelState, nowMs: Int64, _ bug: ServerBug?) {
    (self.device, self.body, self.state, self.seen, self.nowMs, self.bug) = (device, body, state, seen, nowMs, bug)
    push = body["push"] ?? [:]
    ownVersion = seen.version
  }

  /// - Returns: false when the request as a whole is refused.
  mutating func apply() -> Bool {
    if bug == .badItemFailsPush, items("sessions").contains(where: { $0["endedAt"] == nil }) { return false }
    setClock()
    nameDevices()
    reset()
    for (index, item) in items("sessions").enumerated() { store(session: item, at: place("sessions", index)) }
    for (index, item) in items("days").enumerated() { store(day: item, at: place("days", index)) }
    storeCounters()
    for (index, item) in items("settings").enumerated() { store(setting: item, at: place("settings", index)) }
    for (index, item) in items("deletions").enumerated() { delete(item, at: place("deletions", index)) }
    state.settleTwins(touched, bug)
    return true
  }

  private func items(_ name: String) -> [JSON] { push[name]?.array ?? [] }

  private func place(_ name: String, _ index: Int) -> JSONPointer { JSONPointer.root["push"][name][index] }

  mutating func nextVersion() -> Int64 {
    if bug == .sequenceCursor {
      let version = drawn.isEmpty ? state.version + 1 : drawn.removeFirst()
      state.version = max(state.version, version)
      return version
    }
    if bug == .noLock {
      ownVersion += 1
      state.version = max(state.version, ownVersion)
      return ownVersion
    }
    state.version += 1
    return state.version
  }

  enum Outcome { case stored, flagged, superseded, duplicate, conflict, tombstoned, rejected }

  mutating func say(_ outcome: Outcome, _ code: String? = nil, at place: JSONPointer) {
    switch outcome {
    case .stored, .superseded: counts.stored += 1
    case .flagged: (counts.stored, counts.flagged) = (counts.stored + 1, counts.flagged + 1)
    case .duplicate: counts.duplicate += 1
    case .conflict, .tombstoned, .rejected: counts.rejected += 1
    }
    if outcome == .stored { return }
    var verdict = JSONObject([("pointer", .string("\(place)")), ("status", .string("\(outcome)"))])
    verdict["code"] = code.map(JSON.string)
    verdicts.append(.object(verdict))
  }
}

// MARK: - Devices

extension ModelPush {
  /// A device's clock is off by what it shows less than now; a minute is no news.
  private mutating func setClock() {
    guard let clockMs = body["device"]?["clock"]?.timeMs else { return }
    let measured = nowMs - clockMs
    let known = state.devices[device]!.clockOffsetMs
    if abs(measured) <= 60_000 {
      state.devices[device]!.clockOffsetMs = 0
    } else if abs(measured - known) > 60_000 {
      state.devices[device]!.clockOffsetMs = measured
    }
  }

  private mutating func nameDevices() {
    for item in items("devices") {
      guard let other = item["id"]?.string.map(DeviceID.init), other != device else { continue }
      let marker = item["reset"]?.timeMs
      if state.devices[other] == nil {
        state.devices[other] = ModelState.Device(
          version: nextVersion(), name: item["name"]?.string ?? "", zone: item["timeZone"]?.string ?? "UTC",
          resetMs: marker)
      } else {
        compare(marker, of: other, isOther: true)
      }
    }
  }

  private mutating func reset() { compare(push["reset"]?["at"]?.timeMs, of: device, isOther: false) }

  /// A later marker clears the device, an older one makes this push one from before.
  private mutating func compare(_ marker: Int64?, of device: DeviceID, isOther: Bool) {
    let known = state.devices[device]!.resetMs
    let (told, had) = (marker ?? .min, known ?? .min)
    if told > had || (bug == .sameMarkerResetsAgain && told == had && marker != nil) {
      if isOther && bug == .ignoresResetOfOthers { return }
      clear(device, marker!)
    } else if told < had {
      if bug == .takesPushesFromBeforeReset && !isOther { return }
      if bug == .takesOthersFromBeforeReset && isOther { return }
      outdated.insert(device)
    }
  }

  private mutating func clear(_ device: DeviceID, _ marker: Int64) {
    state.devices[device]!.resetMs = marker
    if bug != .resetKeepsCounters { state.devices[device]!.counters = Counters() }
    state.devices[device]!.elsewhere = DayNumbers()
    for (id, session) in (state.sessions[device] ?? [:]).sorted(by: { $0.key < $1.key }) where session.fact != nil {
      if bug != .resetKeepsSessions {
        bury(RecordKey(device: device, id: id), session.date)
        if bug != .forgetsNextCopy { touched.insert(session.fact!.startedAt.milliseconds) }
      }
    }
    for date in (state.days[device] ?? [:]).keys.sorted() where bug != .resetKeepsDays {
      var day = ModelState.Day(date)
      day.version = nextVersion()
      state.days[device]![date] = day
    }
    state.devices[device]!.version = nextVersion()
  }

  private mutating func bury(_ key: RecordKey, _ date: LocalDate) {
    state.sessions[key.device, default: [:]][key.id] = ModelState.Session(
      version: nextVersion(), fact: nil, date: date, hash: .deletion(key))
  }

  /// Whose item it is; nil, with a verdict, when nobody is known by that name.
  private mutating func owner(of item: JSON, at place: JSONPointer) -> DeviceID? {
    let owner = item["device"]?.string.map(DeviceID.init) ?? device
    if state.devices[owner] != nil { return owner }
    if bug != .swallowsUnknownDevice { say(.rejected, "unknown_device", at: place) }
    return nil
  }
}

// MARK: - Sessions, days, counters, deletions

extension ModelPush {
  private mutating func store(session item: JSON, at place: JSONPointer) {
    let fact: Session
    do throws(JSONMismatch) { fact = try Session(JSONNode(item, at: place)) } catch {
      return say(.rejected, error.code, at: bug == .shiftsPlacesAfterBadItem ? self.place("sessions", 0) : place)
    }
    guard let owner = owner(of: item, at: place) else { return }
    let key = RecordKey(device: owner, id: fact.id)
    let hash = RecordHash.session(fact.canonicalText, of: owner)
    if outdated.contains(owner) { return say(.tombstoned, "before_reset", at: place) }
    guard state.tier == .sessions else { return say(.rejected, "detail_is_days", at: place) }
    let looksBack = bug == .noLock || bug == .lockAndReadInOneSnapshot
    if let known = (looksBack ? seen : state).sessions[owner]?[fact.id] {
      return meet(known, fact, hash, key, at: place)
    }
    let isTwin = state.isHeldByOther(fact, than: owner)
    insert(fact, hash, key, date: item["localDate"]?.string.flatMap { LocalDate($0) })
    if isTwin { return say(.flagged, "held_by_other_device", at: place) }
    let flags = fact.flags(now: Timestamp(milliseconds: nowMs))
    say(flags.isEmpty ? .stored : .flagged, flags.codes.first, at: place)
  }

  private mutating func meet(
    _ known: ModelState.Session, _ fact: Session, _ hash: RecordHash, _ key: RecordKey, at place: JSONPointer
  ) {
    if known.fact == nil {
      if bug == .storesLateCopyAfterDeletion { insert(fact, hash, key, date: known.date) }
      return say(.tombstoned, "deleted", at: place)
    }
    if known.hash == hash {
      if bug == .doublesDerivedOnRetry { change(known.date, of: key.device) { $0.derived.add(fact, times: 1) } }
      return say(.duplicate, at: place)
    }
    if bug == .overwritesOnConflict { state.sessions[key.device]![key.id]!.fact = fact }
    if bug == .overwritesOnConflict { state.sessions[key.device]![key.id]!.hash = hash }
    if bug == .overwritesOnConflict { state.sessions[key.device]![key.id]!.version = nextVersion() }
    say(.conflict, "same_id_other_content", at: place)
  }

  private mutating func insert(_ fact: Session, _ hash: RecordHash, _ key: RecordKey, date: LocalDate?) {
    let zone = Zone(named: state.devices[key.device]!.zone) ?? Zone.all[0]
    let date = date ?? LocalDate(zone.date(fact.startedAt.milliseconds))!
    if state.sessions[key.device]?[key.id]?.fact == nil || bug != .noLock {
      state.sessions[key.device, default: [:]][key.id] = ModelState.Session(
        version: nextVersion(), fact: fact, date: date, hash: hash)
    }
    change(date, of: key.device) { $0.derived.add(fact, times: 1) }
    state.starts[fact.startedAt.milliseconds, default: []].insert(key.device)
    touched.insert(fact.startedAt.milliseconds)
  }

  private mutating func change(_ date: LocalDate, of device: DeviceID, _ work: (inout ModelState.Day) -> Void) {
    var day = state.days[device]?[date] ?? ModelState.Day(date)
    work(&day)
    day.version = nextVersion()
    state.days[device, default: [:]][date] = day
  }

  private mutating func store(day item: JSON, at place: JSONPointer) {
    let told: DayTotal
    do throws(JSONMismatch) { told = try DayTotal(JSONNode(item, at: place)) } catch {
      return say(.rejected, error.code, at: place)
    }
    guard let owner = owner(of: item, at: place) else { return }
    if outdated.contains(owner) { return say(.tombstoned, "before_reset", at: place) }
    let known = state.days[owner]?[told.date]?.reported ?? DayTotal(date: told.date)
    let grown = known.merged(with: told)
    if bug == .addsReportedDays {
      let sum = known.numbers.plus(told.numbers)
      change(told.date, of: owner) { day in
        day.reported = DayTotal(
          date: told.date, sessions: sum.sessions, activeMs: sum.activeMs, cycles: sum.cycles, xp: sum.xp)
      }
      return
    }
    guard grown != known else { return say(.duplicate, at: place) }
    change(told.date, of: owner) { $0.reported = grown }
    say(.stored, at: place)
  }

  private mutating func storeCounters() {
    guard push["counters"] != nil else { return }
    let place = JSONPointer.root["push"]["counters"]
    guard let told = try? Counters(JSONNode(push["counters"], at: place)) else { return say(.rejected, at: place) }
    if outdated.contains(device) { return say(.tombstoned, "before_reset", at: place) }
    let known = state.devices[device]!.counters
    var grown = known.merged(with: told)
    if bug == .addsCounters { grown.totalXP = known.totalXP + told.totalXP }
    guard grown != known else { return }
    state.devices[device]!.counters = grown
    state.devices[device]!.version = nextVersion()
  }

  private mutating func delete(_ item: JSON, at place: JSONPointer) {
    guard let id = item["session"]?.string, let owner = owner(of: item, at: place) else { return }
    let key = RecordKey(device: owner, id: id)
    guard let known = state.sessions[owner]?[id] else {
      if bug != .forgetsUnseenDeletion { bury(key, LocalDate(daysSince1970: 0)) }
      return say(.stored, at: place)
    }
    guard let fact = known.fact else { return say(.duplicate, at: place) }
    if bug == .hardDelete { state.sessions[owner]![id] = nil } else { bury(key, known.date) }
    if !known.counts {
      change(known.date, of: owner) { $0.twins.add(fact, times: -1) }
    } else if bug != .keepsDerivedOnDeletion {
      change(known.date, of: owner) { $0.derived.add(fact, times: -1) }
    }
    state.keepElsewhere(fact, of: owner)
    if bug != .forgetsNextCopy { touched.insert(fact.startedAt.milliseconds) }
    say(.stored, at: place)
  }
}
