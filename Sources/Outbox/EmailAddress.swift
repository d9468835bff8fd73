package import StrictJSON

/// An address that a mail can be sent to: letters, digits and a few signs of ASCII, an @, a domain name. Narrower than
/// RFC 5322 on purpose: no quotes, comments, or letters that look like others, so no two spellings but upper and lower
/// case mean the same, and nothing in it can end a header. A domain with other letters is written as in DNS (`xn--…`).
package struct EmailAddress: Hashable, Sendable {
  /// As its owner writes it.
  package let text: String
  /// What makes two the same.
  package var normalized: String { EmailAddress.lowercased(text) }

  static let bytes = 3...254, localBytes = 1...64

  package init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard EmailAddress.bytes.contains(bytes.count), let at = bytes.firstIndex(of: UInt8(ascii: "@")),
      EmailAddress.isLocalPart(bytes[..<at]), EmailAddress.isDomain(bytes[(at + 1)...])
    else { return nil }
    self.text = text
  }

  package init(_ node: JSONNode) throws(JSONMismatch) {
    guard let address = EmailAddress(try node.string(length: 1...1024)) else {
      throw node.mismatch("invalid_email", "must be an e-mail address like name@example.org")
    }
    self = address
  }

  var domain: Substring { text.drop { $0 != "@" }.dropFirst() }

  var normalizedDomain: String { EmailAddress.lowercased(String(domain)) }

  /// RFC 5322's dot-atom.
  private static func isLocalPart(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard localBytes.contains(bytes.count) else { return false }
    return bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { atom in
      !atom.isEmpty && atom.allSatisfy { isAlphanumeric($0) || signs.contains($0) }
    }
  }

  private static let signs = Array("!#$%&'*+-/=?^_`{|}~".utf8)

  private static func isDomain(_ bytes: ArraySlice<UInt8>) -> Bool {
    let labels = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return labels.count >= 2
      && labels.allSatisfy { label in
        (1...63).contains(label.count) && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
          && label.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
      }
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }

  private static func lowercased(_ text: String) -> String {
    String(decoding: text.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
  }
}
