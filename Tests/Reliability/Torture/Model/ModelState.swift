import BreathDomain

/// All a server keeps of one account. A value, so that a backup is a copy.
struct ModelState: Sendable {
  struct Device: Sendable {
    var version: Int64
    var name: String
    var zone: String
    var resetMs: Int64?
    var clockOffsetMs: Int64 = 0
    var counters = Counters()
    /// Those that had a session of this one's, and what of the deleted ones one of them had still.
    var twins: Set<DeviceID> = []
    var elsewhere = DayNumbers()
  }

  struct Session: Sendable {
    var version: Int64
    /// Nil when it was deleted.
    var fact: BreathDomain.Session?
    var date: LocalDate
    var hash: RecordHash
    /// False when another device's copy does.
    var counts = true
    /// For `coarseningForgetsDeletedIds`: of a deleted one, only the hash is left.
    var isNameless = false
  }

  struct Day: Sendable {
    var version: Int64 = 0
    var reported: DayTotal
    var derived: DayTotal
    /// Of sessions that count as another device's.
    var twins: DayTotal

    init(_ date: LocalDate) {
      reported = DayTotal(date: date)
      derived = DayTotal(date: date)
      twins = DayTotal(date: date)
    }

    var counted: DayTotal { reported.less(twins).merged(with: derived) }
  }

  struct Setting: Sendable {
    struct Stated: Sendable {
      var value: String
      var changedAtMs: Int64
      var correctedMs: Int64
    }
    var version: Int64 = 0
    var stated: [DeviceID: Stated] = [:]
    var winner: DeviceID?
  }

  /// Which life of the data this is.
  var life = 1
  var version: Int64 = 0
  var tier: Tier
  var devices: [DeviceID: Device] = [:]
  var sessions: [DeviceID: [String: Session]] = [:]
  var days: [DeviceID: [LocalDate: Day]] = [:]
  var settings: [String: Setting] = [:]
  /// Who ever had a session that began then: only where several did can there be one that several hold.
  var starts: [Int64: Set<DeviceID>] = [:]
}

// MARK: - What follows from it

extension ModelState {
  func digest(_ device: DeviceID) -> RecordDigest { digest(of: [device]) }

  func digest(of devices: some Sequence<DeviceID>) -> RecordDigest {
    var digest = RecordDigest()
    for device in devices {
      if tier == .sessions { for session in (sessions[device] ?? [:]).values { digest.add(session.hash) } }
      for (date, day) in days[device] ?? [:] where day.reported != DayTotal(date: date) {
        digest.add(.day(DayKey(device: device, date: "\(date)"), day.reported.numbers))
      }
    }
    return digest
  }

  /// All it has, for a trace.
  var summary: String {
    let facts = sessions.flatMap { device, held in
      held.map { ($0.value.fact == nil ? "-" : "") + "\(RecordKey(device: device, id: $0.key))" }
    }
    let totals = days.flatMap { device, days in
      days.filter { $0.value.reported != DayTotal(date: $0.key) }
        .map { "\(DayKey(device: device, date: "\($0.key)"))=\($0.value.reported.numbers.words)" }
    }
    return (facts + totals).sorted().joined(separator: ", ")
  }

  var countedDays: [DayTotal] { days.values.flatMap { $0.values.map(\.counted) } }
}

extension DayTotal {
  var numbers: DayNumbers { DayNumbers(sessions: sessions, activeMs: activeMs, cycles: cycles, xp: xp) }

  /// Adds or takes away what one session counts.
  mutating func add(_ session: Session, times sign: Int64) {
    var one = DayTotal(date: date)
    one.add(session)
    self = DayTotal(
      date: date, sessions: sessions + sign * one.sessions, activeMs: activeMs + sign * one.activeMs,
      cycles: cycles + sign * one.cycles, xp: xp + sign * one.xp)
  }
}
