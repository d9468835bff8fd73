package import StrictJSON

/// One practice, as the device that counted it stated it (docs/design/practice.md). A fact: never edited, only flagged.
package struct Session: Sendable, Equatable {
  /// The client's own id, `sess-` and milliseconds at start; unique only within its device.
  package var id: String
  package var startedAt: Timestamp
  package var endedAt: Timestamp
  /// Running time without pauses, in milliseconds. Negative after the clock was set back.
  package var activeMs: Int64
  /// Breath cycles counted; 0 is the normal case (docs/design/practice.md, "Sessions").
  package var cycles: Int64
  package var goalMinutes: Double?
  package var goalBonusXP: Int64?
  package var pledgeMultiplier: Double?
  package var pledgeHonored: Bool?
  /// The person's cumulative XP right after this session, **not** the session's XP. Never summed.
  package var finalXP: Double?

  package init(
    id: String, startedAt: Timestamp, endedAt: Timestamp, activeMs: Int64, cycles: Int64 = 0,
    goalMinutes: Double? = nil,
    goalBonusXP: Int64? = nil, pledgeMultiplier: Double? = nil, pledgeHonored: Bool? = nil, finalXP: Double? = nil
  ) {
    self.id = id
    self.startedAt = startedAt
    self.endedAt = endedAt
    self.activeMs = activeMs
    self.cycles = cycles
    self.goalMinutes = goalMinutes
    self.goalBonusXP = goalBonusXP
    self.pledgeMultiplier = pledgeMultiplier
    self.pledgeHonored = pledgeHonored
    self.finalXP = finalXP
  }
}

extension Session {
  /// JavaScript's whole numbers: beyond ±(2^53 − 1) a double no longer counts by ones.
  package static let wholeNumbers: ClosedRange<Int64> = -(1 << 53 - 1)...(1 << 53 - 1)

  /// Breath cycles and XP: a cycle a second for thirty years. What is added up must stay small enough that no history
  /// comes to more than PostgreSQL's `bigint` holds, for then every later request of that person would fail.
  package static let counts: ClosedRange<Int64> = -1_000_000_000...1_000_000_000

  /// Reads a record of the sync protocol or of an export file: both have the extension's own member names.
  /// Unknown members are ignored; `null` means absent.
  /// - Throws: what is missing, of the wrong type, or no RFC 3339 time.
  package init(_ node: JSONNode) throws(JSONMismatch) {
    _ = try node.object()
    id = try node["id"].string(length: 1...128)
    startedAt = try node["startedAt"].timestamp()
    endedAt = try node["endedAt"].timestamp()
    activeMs = try node["activeMs"].integer(in: Session.wholeNumbers)
    cycles = try node["cycles"].ifPresent(Session.count) ?? 0
    goalMinutes = try node["goalMinutes"].ifPresent { node throws(JSONMismatch) in try node.number() }
    goalBonusXP = try node["goalBonusXP"].ifPresent(Session.count)
    pledgeMultiplier = try node["pledgeMultiplier"].ifPresent { node throws(JSONMismatch) in try node.number() }
    pledgeHonored = try node["pledgeHonored"].ifPresent { node throws(JSONMismatch) in try node.bool() }
    finalXP = try node["finalXP"].ifPresent { node throws(JSONMismatch) in try node.number() }
  }

  private static func count(_ node: JSONNode) throws(JSONMismatch) -> Int64 {
    try node.integer(in: counts)
  }

  /// What tells one session from another, whichever device holds it and under whatever id: nobody ends two practices in
  /// one millisecond on two machines.
  package struct Content: Hashable, Sendable {
    let startedAt, endedAt: Timestamp
    let activeMs, cycles: Int64
    let goalMinutes, finalXP: Double?
  }

  package var content: Content {
    Content(
      startedAt: startedAt, endedAt: endedAt, activeMs: activeMs, cycles: cycles, goalMinutes: goalMinutes,
      finalXP: finalXP)
  }

  /// Everything the device stated, in one unambiguous line: what "the same content" means. Adding 0 makes -0,
  /// which equals 0, read the same.
  package var canonicalText: String {
    var bytes: [UInt8] = []
    writeCanonicalText(into: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appended piece by piece, as bytes: it is hashed for every session of a push.
  package func writeCanonicalText(into out: inout [UInt8]) {
    func add(_ value: (some CustomStringConvertible)?) {
      out.append(UInt8(ascii: " "))
      if let value { out.append(contentsOf: value.description.utf8) } else { out.append(UInt8(ascii: "-")) }
    }
    out.append(contentsOf: String(id.utf8.count).utf8)
    out.append(UInt8(ascii: ":"))
    out.append(contentsOf: id.utf8)
    for number in [startedAt.milliseconds, endedAt.milliseconds, activeMs, cycles] { add(number) }
    add(goalMinutes.map { $0 + 0 })  // + 0: −0 and 0 are the same number
    add(goalBonusXP)
    add(pledgeMultiplier.map { $0 + 0 })
    add(pledgeHonored)
    add(finalXP.map { $0 + 0 })
  }
}

extension JSONNode {
  package func timestamp() throws(JSONMismatch) -> Timestamp {
    guard let value = Timestamp(try string(length: 1...64)) else {
      throw mismatch("invalid_timestamp", "must be a time like 2025-08-27T14:02:11.345Z")
    }
    return value
  }

  package func localDate() throws(JSONMismatch) -> LocalDate {
    guard let value = LocalDate(try string(length: 1...64)) else {
      throw mismatch("invalid_date", "must be a date like 2025-08-27")
    }
    return value
  }
}
