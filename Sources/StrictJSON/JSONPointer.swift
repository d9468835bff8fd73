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

  /// By scalar, not by character: with a combining accent behind it, a slash is another character.
  private static func escaped(_ key: String) -> String {
    guard key.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else { return key }
    var text = String.UnicodeScalarView()
    for scalar in key.unicodeScalars {
      switch scalar {
      case "~": text.append(contentsOf: "~0".unicodeScalars)
      case "/": text.append(contentsOf: "~1".unicodeScalars)
      default: text.append(scalar)
      }
    }
    return String(text)
  }
}
