/// A session a device holds, with its hash, which would be made again and again.
struct Held: Sendable {
  let fact: Fact
  let hash: RecordHash

  init(_ fact: Fact, of device: DeviceID) {
    self.fact = fact
    hash = .session(fact.canonicalText, of: device)
  }
}

/// What a person chose, as a device states it.
package struct Statement: Hashable, Sendable {
  package var value: String
  package var changedAtMs: Int64
  package var device: DeviceID

  /// The same choice: a server tells the corrected time of it, so that its own time is no part of it.
  func isSame(_ other: Statement?) -> Bool { value == other?.value && device == other?.device }
}

/// What a device knows of a device: of itself too.
struct KnownDevice: Hashable, Sendable {
  var name: String
  var zone: Zone
  var resetMs: Int64?
}

/// All that survives a crash. It is written as a whole, so each change of it is one local transaction.
struct Disk: Sendable {
  var sessions: [DeviceID: [String: Held]] = [:]
  /// Own sessions that the server said it knows.
  var told: Set<String> = []
  var deletions: [DeviceID: [String: RecordHash]] = [:]
  /// Day totals as reported: of the own device what it told, of others what the server told of theirs.
  var days: [DeviceID: [String: DayNumbers]] = [:]
  var devices: [DeviceID: KnownDevice]
  var counters = CounterNumbers()
  /// The newest statement of this device for each setting, and what was last known to be in force.
  var stated: [String: Statement] = [:]
  var inForce: [String: Statement] = [:]
  var tier: Tier
  var outbox = Outbox()
  var cursor: String?
  var audit: Audit?
  /// Shown to the person as not accepted.
  var notAccepted: [String] = []
  /// What the server should never have said.
  var surprises: [String] = []

  init(_ id: DeviceID, _ own: KnownDevice, _ tier: Tier) {
    devices = [id: own]
    self.tier = tier
  }
}

/// A pull from the very beginning, own records included, that finds out what the server does not have.
struct Audit: Sendable {
  var sessions: Set<RecordKey> = []
  var deletions: Set<RecordKey> = []
  var days: [DayKey: DayNumbers] = [:]
}

extension Disk {
  func isDeleted(_ key: RecordKey) -> Bool { deletions[key.device]?[key.id] != nil }

  func fact(_ key: RecordKey) -> Fact? { sessions[key.device]?[key.id]?.fact }

  /// Sessions are a union in which a deletion wins for ever.
  mutating func keep(_ fact: Fact, of device: DeviceID) {
    guard !isDeleted(RecordKey(device: device, id: fact.id)), sessions[device]?[fact.id] == nil else { return }
    sessions[device, default: [:]][fact.id] = Held(fact, of: device)
  }

  mutating func delete(_ key: RecordKey) {
    sessions[key.device]?[key.id] = nil
    if !isDeleted(key) { deletions[key.device, default: [:]][key.id] = .deletion(key) }
  }

  /// What the person sees of a setting: an own statement that is still on its way stands above what was pulled.
  func shown(_ key: String) -> Statement? {
    outbox.setting(key) ?? inForce[key]
  }

  func digest(of device: DeviceID) -> RecordDigest {
    var digest = RecordDigest()
    add(device, to: &digest)
    return digest
  }

  var digest: RecordDigest {
    var digest = RecordDigest()
    for device in knownDevices { add(device, to: &digest) }
    return digest
  }

  var knownDevices: Set<DeviceID> {
    Set(sessions.keys).union(deletions.keys).union(days.keys).union(devices.keys)
  }

  private func add(_ device: DeviceID, to digest: inout RecordDigest) {
    if tier == .sessions {
      for held in (sessions[device] ?? [:]).values { digest.add(held.hash) }
      for hash in (deletions[device] ?? [:]).values { digest.add(hash) }
    }
    for (date, numbers) in days[device] ?? [:] where !numbers.isZero {
      digest.add(.day(DayKey(device: device, date: date), numbers))
    }
  }
}

extension Disk {
  /// All it holds, for a trace.
  var summary: String {
    let live = sessions.flatMap { device, held in held.keys.map { "\(RecordKey(device: device, id: $0))" } }
    let gone = deletions.flatMap { device, held in held.keys.map { "-\(RecordKey(device: device, id: $0))" } }
    let totals = days.flatMap { device, days in
      days.filter { !$0.value.isZero }.map { "\(DayKey(device: device, date: $0.key))=\($0.value.words)" }
    }
    return (live + gone + totals).sorted().joined(separator: ", ")
  }
}
