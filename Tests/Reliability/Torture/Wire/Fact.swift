import BreathDomain
package import StrictJSON

/// A session as a device states it, told from the protocol's page alone: nothing here is the product's own code.
package struct Fact: Hashable, Sendable {
  package var id: String
  package var startedMs: Int64
  package var endedMs: Int64
  package var activeMs: Int64
  package var cycles: Int64
  package var goalMinutes: Double?
  package var goalBonusXP: Int64?
  package var pledgeMultiplier: Double?
  package var pledgeHonored: Bool?
  package var finalXP: Double?

  /// The line that the digest is made of, after the device.
  package var canonicalText: String {
    "\(id.utf8.count):\(id) \(startedMs) \(endedMs) \(activeMs) \(cycles) \(Fact.word(goalMinutes)) "
      + "\(Fact.word(goalBonusXP)) \(Fact.word(pledgeMultiplier)) \(Fact.word(pledgeHonored)) \(Fact.word(finalXP))"
  }

  private static func word(_ value: (some CustomStringConvertible)?) -> String { value?.description ?? "-" }
}

extension Fact {
  package var json: JSONObject {
    var members = JSONObject([
      ("id", .string(id)), ("startedAt", .time(startedMs)), ("endedAt", .time(endedMs)),
      ("activeMs", .integer(activeMs)), ("cycles", .integer(cycles)),
    ])
    members["goalMinutes"] = goalMinutes.map(JSON.double)
    members["goalBonusXP"] = goalBonusXP.map(JSON.integer)
    members["pledgeMultiplier"] = pledgeMultiplier.map(JSON.double)
    members["pledgeHonored"] = pledgeHonored.map(JSON.bool)
    members["finalXP"] = finalXP.map(JSON.double)
    return members
  }

  /// Nil when it is not what the protocol says a session is.
  package init?(_ json: JSON) {
    guard let id = json["id"]?.string, let started = json["startedAt"]?.timeMs, let ended = json["endedAt"]?.timeMs,
      let active = json["activeMs"]?.integer, let cycles = json["cycles"]?.integer
    else { return nil }
    self.init(
      id: id, startedMs: started, endedMs: ended, activeMs: active, cycles: cycles,
      goalMinutes: json["goalMinutes"]?.double, goalBonusXP: json["goalBonusXP"]?.integer,
      pledgeMultiplier: json["pledgeMultiplier"]?.double, pledgeHonored: json["pledgeHonored"]?.bool,
      finalXP: json["finalXP"]?.double)
  }
}

extension JSON {
  package static func time(_ milliseconds: Int64) -> JSON {
    .string("\(Timestamp(milliseconds: milliseconds))")
  }

  package var timeMs: Int64? { string.flatMap { Timestamp($0)?.milliseconds } }
}
