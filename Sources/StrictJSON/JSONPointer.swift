/// The place of a value in a document (RFC 6901), printed as `/push/sessions/3/activeMs`; the root is "".
package indirect enum JSONPointer: Sendable, Hashable {
  case root
  case key(JSONPointer, String)
  case index(JSONPointer, Int)

  package subscript(key: String) -> JSONPointer { .key(self, key) }
  package subscript(index: Int) -> JSONPointer { .index(self, index) }
}

extension JSONPointer: CustomStringConvertible {
  package var description: String {
    switch self {
    case .root: ""
    case .key(let parent, let key): "\(parent)/\(JSONPointer.escaped(key))"
    case .index(let parent, let index): "\(parent)/\(index)"
    }
  }

  private static func escaped(_ key: String) -> String {
    guard key.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else { return key }
    return key.reduce(into: "") { text, character in
      switch character {
      case "~": text += "~0"
      case "/": text += "~1"
      default: text.append(character)
      }
    }
  }
}
