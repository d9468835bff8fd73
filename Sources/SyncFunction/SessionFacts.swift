import BreathDomain
import StrictJSON

extension Session {
  /// The members of its JSON object, without the braces, as others pull them: the extension's own names, in its order;
  /// what was absent stays absent. Kept as it is, and read again by `Session(_:)`.
  var facts: String {
    var out: [UInt8] = []
    out.reserveCapacity(256)
    func write(_ name: StaticString, _ value: JSON?) {
      guard let value else { return }
      if !out.isEmpty { out.append(UInt8(ascii: ",")) }
      out.append(contentsOf: "\"\(name)\":".utf8)
      value.write(into: &out)
    }
    write("id", .string(id))
    write("startedAt", .string("\(startedAt)"))
    write("endedAt", .string("\(endedAt)"))
    write("activeMs", .integer(activeMs))
    write("cycles", .integer(cycles))
    write("goalMinutes", goalMinutes.map(JSON.double))
    write("goalBonusXP", goalBonusXP.map(JSON.integer))
    write("pledgeMultiplier", pledgeMultiplier.map(JSON.double))
    write("pledgeHonored", pledgeHonored.map(JSON.bool))
    write("finalXP", finalXP.map(JSON.double))
    return String(decoding: out, as: UTF8.self)
  }
}
