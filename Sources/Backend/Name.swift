package import StrictJSON

/// What a person, or a machine, is called: of a device, a key, a share, a client that asks to be let in, or oneself. One line
/// that reads as it is written. A name stands on the one screen where somebody decides whom to let in, and in terminals:
/// nothing in it turns the text around it, hides, ends the line, or steers what shows it.
package struct Name: Hashable, Sendable {
  package let text: String

  /// In code points, as PostgreSQL's `length` counts.
  package static let length = 1...64
  package static let rule = "must be one line that can be read, without control or formatting characters"

  package init?(_ text: String, length: ClosedRange<Int> = Name.length) {
    let scalars = Array(text.unicodeScalars)
    guard length.contains(scalars.count), scalars.indices.allSatisfy({ Name.isAllowed(at: $0, in: scalars) }),
      scalars.contains(where: \.isSeen)
    else { return nil }
    self.text = text
  }

  /// What may be shown of a name that was stored before there was this rule, or that is not ours to refuse: words stay
  /// apart, and what cannot be shown is left out. Nil when nothing is left.
  package init?(cleaning text: String) {
    if let name = Name(text) {
      self = name
      return
    }
    let scalars = text.unicodeScalars.map { $0.properties.isWhitespace || $0.value < 0x20 ? " " : $0 }
    let allowed = scalars.indices.filter { Name.isAllowed(at: $0, in: scalars) }.map { scalars[$0] }
    let words = allowed.prefix(Name.length.upperBound).split(separator: " ")
    var line = words.map { String(String.UnicodeScalarView($0)) }.joined(separator: " ").unicodeScalars
    if line.last == "\u{200D}" { line.removeLast() }
    self.init(String(line))
  }

  /// No control, format, line or paragraph separator; but a joiner where it joins emoji, and after a virama, where the
  /// scripts of India and Sri Lanka need it (RFC 5892, A.2).
  private static func isAllowed(at index: Int, in scalars: [Unicode.Scalar]) -> Bool {
    guard scalars[index].isUnsafeInName else { return true }
    guard scalars[index] == "\u{200D}", index > 0 else { return false }
    if scalars[index - 1].properties.canonicalCombiningClass == .virama { return true }
    let before = scalars[index - 1] == "\u{FE0F}" && index > 1 ? scalars[index - 2] : scalars[index - 1]
    return before.isPictograph && index + 1 < scalars.count && scalars[index + 1].isPictograph
  }
}

extension Unicode.Scalar {
  fileprivate var isUnsafeInName: Bool {
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }

  /// Digits count as emoji too.
  fileprivate var isPictograph: Bool { properties.isEmoji && value > 0x7F }

  /// By itself: there are letters that are blank (U+3164), and a pattern without dots (U+2800).
  fileprivate var isSeen: Bool {
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .spaceSeparator, .nonspacingMark, .enclosingMark: false
    default: !properties.isDefaultIgnorableCodePoint && value != 0x2800
    }
  }
}

extension JSONNode {
  package func name(length: ClosedRange<Int> = Name.length) throws(JSONMismatch) -> Name {
    guard let name = Name(try text(length: length), length: length) else { throw mismatch("invalid_name", Name.rule) }
    return name
  }
}

extension JSON {
  /// A name on its way out.
  package init(shownName text: String, or usual: String = "device") {
    self = .string(Name(cleaning: text)?.text ?? usual)
  }
}
