package import StrictJSON

/// JSON from nothing, and real JSON made wrong in one place: numbers at the edges, texts that nobody writes by hand,
/// members of another's type.
package enum AnyJSON {
  package static func value(_ random: inout Seeded, depthMax: Int = 4) -> JSON {
    switch Int.random(in: 0..<(depthMax > 0 ? 9 : 7), using: &random) {
    case 0: .null
    case 1: .bool(.random(using: &random))
    case 2, 3: number(&random)
    case 7:
      .array((0..<Int.random(in: 0...4, using: &random)).map { _ in value(&random, depthMax: depthMax - 1) })
    case 8: .object(object(&random, depthMax: depthMax - 1))
    default: .string(text(&random))
    }
  }

  /// Its names differ, also for a reader that knows what Unicode takes for the same.
  private static func object(_ random: inout Seeded, depthMax: Int) -> JSONObject {
    var names: Set<String> = []
    return JSONObject(
      (0..<Int.random(in: 0...4, using: &random)).compactMap { _ in
        let name = text(&random)
        return names.insert(name).inserted ? (name, value(&random, depthMax: depthMax)) : nil
      })
  }

  package static func number(_ random: inout Seeded) -> JSON {
    random.pick([
      0, -1, 1, 500, 501, .integer(.max), .integer(.min), .integer(1 << 53), .integer(1 << 53 - 1), .integer(-1 << 53),
      .double(-0.0), 0.5, 3.0, 1e15, 1e19, 1e300, -1e300, .double(.leastNonzeroMagnitude),
      .integer(random.number(-1_000_000...1_000_000)),
      .integer(random.number(.min ... .max)),
    ])
  }

  package static func text(_ random: inout Seeded) -> String {
    let words = [
      "", "a", "id", "sessions", "push", "2025-08-27", "2025-08-27T14:02:11.345Z", "0001-01-01T00:00:00Z",
      "9999-12-31T23:59:59.999Z", "2025-02-30", "Europe/Berlin", "Mars/Olympus", "days", "\u{1}", "\u{7F}", "\u{FEFF}",
      "e\u{301}", "\u{E9}", "\u{1F600}", "\u{10FFFF}", "\u{202E}", "'; --", "\"\\\n\r\t", "%00", "${ACCESS_TOKEN}",
      "true",
      "-1", "1e999", "null", "constructor",
    ]
    switch Int.random(in: 0..<8, using: &random) {
    case 0:
      return String(
        String.UnicodeScalarView(
          (0..<Int.random(in: 1...8, using: &random)).compactMap { _ in
            UnicodeScalar(UInt32.random(in: 1...0x10FFFF, using: &random))
          }))
    case 1: return String(repeating: random.pick(words), count: Int.random(in: 1...70, using: &random))
    default: return random.pick(words)
    }
  }

  /// The same document with one thing changed, at a place any as likely as another on its level.
  package static func mutated(_ json: JSON, _ random: inout Seeded) -> JSON {
    switch json {
    case .array(let items) where !items.isEmpty && goesOn(&random): .array(mutated(items, &random))
    case .object(let object) where object.count > 0 && goesOn(&random):
      .object(JSONObject(mutated(object.members, &random)))
    default: value(&random)
    }
  }

  private static func goesOn(_ random: inout Seeded) -> Bool { Int.random(in: 0..<8, using: &random) > 0 }

  private static func mutated(_ items: [JSON], _ random: inout Seeded) -> [JSON] {
    var items = items
    let place = Int.random(in: items.indices, using: &random)
    switch Int.random(in: 0..<8, using: &random) {
    case 0: items.remove(at: place)
    case 1: items.insert(items[place], at: Int.random(in: items.indices, using: &random))
    case 2: items.insert(value(&random), at: place)
    default: items[place] = mutated(items[place], &random)
    }
    return items
  }

  private static func mutated(_ members: [(key: String, value: JSON)], _ random: inout Seeded) -> [(
    key: String, value: JSON
  )] {
    var members = members
    let place = Int.random(in: members.indices, using: &random)
    switch Int.random(in: 0..<10, using: &random) {
    case 0: members.remove(at: place)
    case 1: members[place].key = text(&random)
    case 2: members.append((members[place].key, value(&random)))
    case 3: members.append((text(&random), value(&random)))
    default: members[place].value = mutated(members[place].value, &random)
    }
    return members
  }
}
