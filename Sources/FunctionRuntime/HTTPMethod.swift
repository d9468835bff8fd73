/// A method we serve; parsed without regard to case, because the platform spells it both ways.
package enum HTTPMethod: String, Sendable, Hashable, CaseIterable {
  case get = "GET"
  case head = "HEAD"
  case post = "POST"
  case put = "PUT"
  case patch = "PATCH"
  case delete = "DELETE"
  case options = "OPTIONS"

  package init?(_ text: String) {
    if let method = HTTPMethod(rawValue: text) {
      self = method
      return
    }
    guard let method = Self.allCases.first(where: { $0.rawValue.asciiLowercased == text.asciiLowercased }) else {
      return nil
    }
    self = method
  }
}

extension String {
  /// HTTP ignores case in ASCII only: `lowercased()` would also turn the Kelvin sign into "k".
  var asciiLowercased: String {
    guard utf8.contains(where: { (0x41...0x5A).contains($0) }) else { return self }
    return String(decoding: utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
  }

  /// Without the spaces and tabs HTTP allows around values.
  var trimmed: String {
    let isSpace = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
    guard let first = utf8.firstIndex(where: { !isSpace($0) }), let last = utf8.lastIndex(where: { !isSpace($0) })
    else {
      return ""
    }
    return String(Substring(utf8[first...last]))
  }
}
