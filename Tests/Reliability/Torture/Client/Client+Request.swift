import StrictJSON

extension Client {
  /// Composes the next request from what is on the disk.
  /// - Parameters:
  ///   - clockMs: what the device's clock shows.
  ///   - batch: so many outbox entries at most.
  ///   - page: so many changes at most.
  mutating func request(_ number: Int, clockMs: Int64, batch: Int, page: Int) -> JSON {
    var carried = Carried(cursor: disk.cursor, isAudit: disk.audit != nil)
    var push = PushBody(self)
    for entry in disk.outbox.entries.prefix(batch) {
      if let place = push.add(entry, disk) { carried.entries[place] = entry }
    }
    remember(number, carried)
    if bug == .forgetsOnSending { for entry in carried.entries.values { disk.outbox.remove(entry) } }
    return [
      "device": ["name": .string(own.name), "timeZone": .string(zone.name), "clock": .time(clockMs)],
      "cursor": JSON(disk.cursor), "limit": JSON(page), "own": .bool(disk.audit != nil),
      "push": push.json,
    ]
  }

  /// Entries about what is not there any more would be carried for ever.
  mutating func dropEmptyEntries() {
    let (facts, tier) = (disk.sessions, disk.tier)
    disk.outbox.removeAll { entry in
      switch entry {
      case .session(let key), .tampered(let key): facts[key.device]?[key.id] == nil || tier == .days
      case .deletion, .day, .counters, .setting, .nonsense, .ofNobody, .device: false
      }
    }
  }
}

/// The `push` of a request while it is put together.
private struct PushBody {
  private let id: DeviceID
  private let bug: ClientBug?
  private let marker: Int64?
  private var devices: [JSON] = []
  private var named: Set<DeviceID> = []
  private var arrays: [String: [JSON]] = [:]
  private var counters: JSON?

  init(_ client: Client) {
    id = client.id
    bug = client.bug
    marker = client.own.resetMs
  }

  /// - Returns: the place of the item; nil when there is nothing to say.
  mutating func add(_ entry: Entry, _ disk: Disk) -> String? {
    switch entry {
    case .session(let key):
      guard disk.tier == .sessions, var item = disk.fact(key)?.json else { return nil }
      attribute(&item, to: key.device, disk)
      if key.device != id { item["localDate"] = .string(disk.zone(of: key.device).date(disk.fact(key)!.startedMs)) }
      return append(.object(item), to: "sessions")
    case .deletion(let key):
      var item = JSONObject([("session", .string(key.id))])
      attribute(&item, to: key.device, disk)
      return append(.object(item), to: "deletions")
    case .day(let key, let numbers):
      var item = numbers.json
      item["date"] = .string(key.date)
      attribute(&item, to: key.device, disk)
      return append(.object(item), to: "days")
    case .counters(let numbers):
      counters = numbers.json
      return "/push/counters"
    case .setting(let key, let statement):
      return append(
        [
          "module": "breathing", "key": .string(key), "value": .string(statement.value),
          "changedAt": .time(statement.changedAtMs),
        ], to: "settings")
    case .device(let device):
      name(device, disk)
      return "/push/devices/\(devices.count - 1)"
    case .tampered(let key):
      guard disk.tier == .sessions, var item = disk.fact(key)?.json else { return nil }
      item["cycles"] = 999_999
      return append(.object(item), to: "sessions")
    case .ofNobody(let text):
      return append(["session": .string(text), "device": "00000000-0000-4000-8000-000000000000"], to: "deletions")
    case .nonsense(let text):
      return append(["id": .string(text), "startedAt": "yesterday"], to: "sessions")
    }
  }

  private mutating func append(_ item: JSON, to name: String) -> String {
    arrays[name, default: []].append(item)
    return "/push/\(name)/\(arrays[name]!.count - 1)"
  }

  /// Names the device an item belongs to when it is another, and makes that device known.
  private mutating func attribute(_ item: inout JSONObject, to device: DeviceID, _ disk: Disk) {
    guard device != id, bug != .pushesAsOwn else { return }
    item["device"] = .string(device.text)
    name(device, disk)
  }

  private mutating func name(_ device: DeviceID, _ disk: Disk) {
    guard named.insert(device).inserted, let known = disk.devices[device] else { return }
    devices.append([
      "id": .string(device.text), "name": .string(known.name), "timeZone": .string(known.zone.name),
      "reset": known.resetMs.map(JSON.time) ?? .null,
    ])
  }

  var json: JSON {
    var push = JSONObject()
    if !devices.isEmpty { push["devices"] = .array(devices) }
    if let marker, bug != .keepsMarkerToItself { push["reset"] = ["at": .time(marker)] }
    for name in ["sessions", "days"] { if let items = arrays[name] { push[name] = .array(items) } }
    push["counters"] = counters
    for name in ["settings", "deletions"] { if let items = arrays[name] { push[name] = .array(items) } }
    return .object(push)
  }
}

extension Disk {
  func zone(of device: DeviceID) -> Zone { devices[device]?.zone ?? Zone.all[0] }
}
