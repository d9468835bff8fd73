import StrictJSON

/// A device that does exactly what "What a client must do" of docs/sync.md says, and nothing else.
///
/// It speaks the real requests and reads the real answers, so the same client drives the model and the executables.
struct Client: Sendable {
  let rules: Rules
  var disk: Disk
  /// In memory only: what was sent and is not answered yet. A crash forgets it.
  private(set) var carried: [Int: Carried] = [:]
  /// How far the clock is off, in milliseconds.
  var skewMs: Int64 = 0
  /// Whether it never was.
  private(set) var clockIsExact = true
  private(set) var isDead = false
  /// How often it had to begin anew although nothing was left to say (rule 4).
  var repairs = 0
  /// A crash to come: after so many of the local transactions of the next answer. A correct client has but one.
  var crashesDuringAnswer = false

  init(_ id: DeviceID, name: String, zone: Zone, tier: Tier, bug: ClientBug?) {
    rules = Rules(id: id, bug: bug)
    disk = Disk(id, KnownDevice(name: name, zone: zone), tier)
  }

  var id: DeviceID { rules.id }
  var bug: ClientBug? { rules.bug }
  var zone: Zone { own.zone }
  var own: KnownDevice { disk.devices[id]! }

  mutating func clockWasSet() { clockIsExact = false }

  mutating func crash() { carried = [:] }

  /// Lost for good, with all it held.
  mutating func die() {
    crash()
    isDead = true
  }

  mutating func remember(_ call: Int, _ what: Carried) { carried[call] = what }

  mutating func recall(_ call: Int) -> Carried? { carried.removeValue(forKey: call) }

  /// Whether it has nothing to say and agrees with the last answer.
  var isQuiet: Bool { disk.outbox.isEmpty && disk.audit == nil }
}

/// What a device does with an answer, as changes of its disk.
struct Rules: Sendable {
  let id: DeviceID
  let bug: ClientBug?
}

/// What one request carried: verdicts are about these and no others.
struct Carried: Sendable {
  /// By the place in the request that a verdict would name.
  var entries: [String: Entry] = [:]
  var cursor: String?
  var isAudit = false
}
