import StrictJSON

/// What a client makes of an answer: one local transaction for verdicts, changes and cursor together.
extension Client {
  mutating func receive(_ number: Int, _ answer: Answer) {
    guard let carried = recall(number) else { return }
    guard answer.status == 200 || bug == .believesAnyStatus else { return }
    // Another window got its answer in between: what this one says is older than what is on the disk. All of it is
    // left aside, and what it was about will be said again.
    let isStale = carried.cursor != disk.cursor || carried.isAudit != (disk.audit != nil)
    guard !isStale || bug == .takesStaleAnswers else { return }
    if bug == .storesCursorFirst {
      disk.cursor = answer.body["cursor"]?.string
      if crashesDuringAnswer { return crash() }
    }
    rules.take(answer.body, carried, &disk)
    if rules.compare(answer.body, &disk) { repairs += 1 }
  }
}

extension Rules {
  /// One local transaction.
  fileprivate func take(_ body: JSON, _ carried: Carried, _ disk: inout Disk) {
    settle(carried, body, &disk)
    takeChanges(body, &disk)
    follow(body, &disk)
    disk.cursor = body["cursor"]?.string ?? disk.cursor
  }
}

// MARK: - Verdicts

extension Rules {
  private func settle(_ carried: Carried, _ body: JSON, _ disk: inout Disk) {
    guard bug != .ignoresAnswers else { return }
    let verdicts = Dictionary(
      (body["verdicts"]?.array ?? []).map { ($0["pointer"]?.string ?? "", $0) }, uniquingKeysWith: { first, _ in first }
    )
    if bug == .emptiesWholeOutbox { disk.outbox = Outbox() }
    for (place, entry) in carried.entries.sorted(by: { $0.key < $1.key }) {
      let verdict = verdicts[place]
      if bug == .forgetsByTopic { disk.outbox.removeAll(about: entry.topic) } else { disk.outbox.remove(entry) }
      settle(entry, verdict?["status"]?.string, verdict?["code"]?.string, &disk)
    }
  }

  private func settle(_ entry: Entry, _ status: String?, _ code: String?, _ disk: inout Disk) {
    if case .session(let key) = entry, key.device == id, code != "detail_is_days" { disk.told.insert(key.id) }
    switch (entry, status) {
    case (.setting(let key, let statement), nil), (.setting(let key, let statement), "duplicate"):
      disk.inForce[key] = statement
    case (.session(let key), "tombstoned") where code == "deleted":
      disk.delete(key)
    case (.session(let key), "tombstoned"):
      disk.sessions[key.device]?[key.id] = nil
    case (.day(let key, let numbers), "tombstoned"):
      if disk.days[key.device]?[key.date] == numbers { disk.days[key.device]?[key.date] = nil }
    case (.session(let key), "conflict"):
      disk.notAccepted.append("\(key)")
      disk.sessions[key.device]?[key.id] = nil
    case (.nonsense, _) where status != "rejected", (.ofNobody, _) where code != "unknown_device":
      disk.surprises.append("\(entry) is answered \(status ?? "as stored")")
    case (.session(let key), "rejected") where code == "detail_is_days": reportDays(of: key.device, &disk)
    case (_, "rejected"): disk.notAccepted.append("\(entry)")
    default: break
    }
  }
}

// MARK: - Changes

extension Rules {
  private func takeChanges(_ body: JSON, _ disk: inout Disk) {
    if body["restart"]?.bool == true, bug != .ignoresRestart { compareHoldings(body["holdings"]?.array ?? [], &disk) }
    guard let changes = body["changes"] else { return }
    // Whose items in this answer are from before a clearing that this device knows of: its own too, when it was asked
    // for before and came after.
    var outdated: Set<DeviceID> = []
    if body["device"]?["reset"]?.timeMs ?? .min < disk.devices[id]!.resetMs ?? .min { outdated.insert(id) }
    for item in changes["devices"]?.array ?? [] { takeDevice(item, &disk, &outdated) }
    func items(_ name: String) -> [JSON] {
      (changes[name]?.array ?? []).filter { !outdated.contains(DeviceID($0["device"]?.string ?? "")) }
    }
    for item in items("sessions") { takeSession(item, &disk) }
    for item in changes["deletions"]?.array ?? [] { takeDeletion(item, &disk) }
    for item in items("days") { takeDay(item, &disk) }
    for item in changes["settings"]?.array ?? [] { takeSetting(item, &disk) }
  }

  /// A reset marker only grows. With a later one, what is held of the device is from before its clearing; where the server
  /// has an older one, it was restored, and what it sends of that device is from before.
  private func takeDevice(_ item: JSON, _ disk: inout Disk, _ outdated: inout Set<DeviceID>) {
    guard let device = item["id"]?.string.map(DeviceID.init), device != id,
      let zone = item["timeZone"]?.string.flatMap(Zone.init(named:))
    else { return }
    let (known, told) = (disk.devices[device]?.resetMs, item["reset"]?.timeMs)
    var news = KnownDevice(name: item["name"]?.string ?? "", zone: zone, resetMs: told)
    if let known, known > told ?? .min, bug != .believesOlderMarker {
      news.resetMs = known
      outdated.insert(device)
      disk.outbox.add(.device(device))
    } else if told ?? .min > known ?? .min, bug != .keepsWhatWasCleared {
      disk.sessions[device] = nil
      disk.days[device] = nil
      disk.outbox.removeAll { $0.belongsToPractice(of: device) }
    }
    disk.devices[device] = news
  }

  private func takeSession(_ item: JSON, _ disk: inout Disk) {
    guard let device = item["device"]?.string.map(DeviceID.init), let fact = Fact(item) else { return }
    disk.audit?.sessions.insert(RecordKey(device: device, id: fact.id))
    disk.keep(fact, of: device)
  }

  private func takeDeletion(_ item: JSON, _ disk: inout Disk) {
    guard let device = item["device"]?.string.map(DeviceID.init), let session = item["session"]?.string else { return }
    let key = RecordKey(device: device, id: session)
    disk.audit?.deletions.insert(key)
    disk.delete(key)
    disk.outbox.removeAll(about: .session(key))
  }

  /// A day replaces what was known of it; while a copy is compared with a server that may have lost something, the larger
  /// numbers stay.
  private func takeDay(_ item: JSON, _ disk: inout Disk) {
    guard let device = item["device"]?.string.map(DeviceID.init), let date = item["date"]?.string,
      let told = DayNumbers(item["reported"] ?? item)
    else { return }
    let key = DayKey(device: device, date: date)
    disk.audit?.days[key] = told
    let known = disk.days[device]?[date] ?? DayNumbers()
    disk.days[device, default: [:]][date] = disk.audit != nil ? known.larger(told) : told
  }

  private func takeSetting(_ item: JSON, _ disk: inout Disk) {
    guard let key = item["key"]?.string, let value = item["value"]?.string,
      let changedAtMs = item["changedAt"]?.timeMs, let device = item["device"]?.string.map(DeviceID.init)
    else { return }
    disk.inForce[key] = Statement(value: value, changedAtMs: changedAtMs, device: device)
    if bug == .changesReplacePending { disk.outbox.removeAll(about: .setting(key)) }
  }
}

// MARK: - Restart, repair, tier

extension Rules {
  /// The server was restored from a backup: what it lacks is pushed again, in the same transaction as the new cursor.
  private func compareHoldings(_ holdings: [JSON], _ disk: inout Disk) {
    guard bug != .ignoresHoldings else { return }
    let theirs = Dictionary(
      holdings.map { (DeviceID($0["device"]?.string ?? ""), $0["digest"]?.string ?? "") },
      uniquingKeysWith: { first, _ in first })
    for device in disk.knownDevices.sorted() where device == id || bug != .resendsOnlyOwn {
      if theirs[device] != disk.digest(of: device).description { sendAgain(device, &disk) }
    }
    sendOwnChoicesAgain(&disk)
  }

  private func sendAgain(_ device: DeviceID, _ disk: inout Disk) {
    for session in (disk.sessions[device] ?? [:]).keys.sorted() where disk.tier == .sessions {
      disk.outbox.add(.session(RecordKey(device: device, id: session)))
    }
    for session in (disk.deletions[device] ?? [:]).keys.sorted() where bug != .resendsNoDeletions {
      disk.outbox.add(.deletion(RecordKey(device: device, id: session)))
    }
    for (date, numbers) in (disk.days[device] ?? [:]).sorted(by: { $0.key < $1.key }) where !numbers.isZero {
      disk.outbox.add(.day(DayKey(device: device, date: date), numbers))
    }
  }

  /// Counters and settings are in no digest, so they are always said again.
  private func sendOwnChoicesAgain(_ disk: inout Disk) {
    if disk.counters != CounterNumbers() { disk.outbox.add(.counters(disk.counters)) }
    for (key, statement) in disk.stated.sorted(by: { $0.key < $1.key }) { disk.outbox.add(.setting(key, statement)) }
  }

  /// Rule 4: nothing to say, nothing to pull, and still another digest.
  /// - Returns: whether it begins anew.
  fileprivate func compare(_ body: JSON, _ disk: inout Disk) -> Bool {
    guard body["more"]?.bool == false else { return false }
    if disk.audit != nil {
      finishAudit(&disk)
      return false
    }
    // A clearing that the server has not heard of is something left to say.
    guard disk.outbox.isEmpty, body["device"]?["reset"]?.timeMs == disk.devices[id]!.resetMs else { return false }
    guard bug != .ignoresDigest, let digest = body["digest"]?.string,
      digest != disk.digest.description
    else { return false }
    disk.audit = Audit()
    disk.cursor = nil
    return true
  }

  private func finishAudit(_ disk: inout Disk) {
    guard let audit = disk.audit else { return }
    disk.audit = nil
    for device in disk.knownDevices.sorted() where device == id || bug != .resendsOnlyOwn {
      for session in (disk.sessions[device] ?? [:]).keys.sorted() where disk.tier == .sessions {
        let key = RecordKey(device: device, id: session)
        if !audit.sessions.contains(key) { disk.outbox.add(.session(key)) }
      }
      for session in (disk.deletions[device] ?? [:]).keys.sorted() {
        let key = RecordKey(device: device, id: session)
        if !audit.deletions.contains(key), bug != .resendsNoDeletions { disk.outbox.add(.deletion(key)) }
      }
      for (date, numbers) in (disk.days[device] ?? [:]).sorted(by: { $0.key < $1.key }) where !numbers.isZero {
        let key = DayKey(device: device, date: date)
        if audit.days[key] != numbers { disk.outbox.add(.day(key, numbers)) }
      }
    }
    sendOwnChoicesAgain(&disk)
  }

  /// The privacy tier may have changed under this device.
  private func follow(_ body: JSON, _ disk: inout Disk) {
    guard let tier = body["detail"]?.string.flatMap(Tier.init), tier != disk.tier else { return }
    disk.tier = tier
    switch tier {
    case .sessions:
      for session in (disk.sessions[id] ?? [:]).keys.sorted() {
        disk.outbox.add(.session(RecordKey(device: id, id: session)))
      }
    case .days: reportAllDays(&disk)
    }
  }
}

extension Rules {
  /// What single sessions said is said by day totals from now on: the own ones, and those of other devices that were queued
  /// because the server lacks them.
  func reportAllDays(_ disk: inout Disk) {
    let devices = disk.outbox.entries.compactMap { if case .session(let key) = $0 { key.device } else { nil } }
    disk.outbox.removeAll { if case .session = $0 { true } else { false } }
    for device in Set(devices).union([id]).sorted() { reportDays(of: device, &disk) }
  }

  /// Sessions that are held of a device are never more than it practised, and of two reports each number keeps the larger.
  private func reportDays(of device: DeviceID, _ disk: inout Disk) {
    let sessions = (disk.sessions[device] ?? [:]).values.map(\.fact)
    let zone = disk.zone(of: device)
    for (date, facts) in Dictionary(grouping: sessions, by: { zone.date($0.startedMs) }).sorted(by: { $0.key < $1.key })
    {
      let known = disk.days[device]?[date] ?? DayNumbers()
      let grown = known.larger(facts.reduce(DayNumbers()) { $0.plus($1.counted) })
      disk.days[device, default: [:]][date] = grown
      disk.outbox.add(.day(DayKey(device: device, date: date), grown))
    }
  }
}
