/// Text as XML 1.0 may hold it.
enum XMLText {
  /// Safe between tags and inside quotes of either kind.
  static func escaped(_ text: String) -> String {
    // Most are numbers and outlines.
    if text.utf8.allSatisfy(isPlain) { return text }
    var escaped = ""
    escaped.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      case "\t", "\n", "\r": escaped += " "
      default: if isAllowed(scalar) { escaped.unicodeScalars.append(scalar) }
      }
    }
    return escaped
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: " ")...UInt8(ascii: "!"), UInt8(ascii: "#")...UInt8(ascii: "%"),
      UInt8(ascii: "(")...UInt8(ascii: ";"), UInt8(ascii: "="), UInt8(ascii: "?")...UInt8(ascii: "~"):
      true
    default: false
    }
  }

  /// What XML 1.0 forbids (section 2.2) or discourages, and what turns the direction of the text around it.
  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x00...0x1F, 0x7F...0x9F: false
    case 0x061C, 0x200E...0x200F, 0x202A...0x202E, 0x2066...0x2069: false
    case 0xFDD0...0xFDEF: false
    default: scalar.value & 0xFFFE != 0xFFFE
    }
  }

  /// A name somebody chose, as one line: white space in single spaces, nothing that cannot be seen alone.
  /// - Returns: nil when nothing is left of it.
  static func line(_ text: String, scalarsMax: Int) -> String? {
    var words: [String.UnicodeScalarView] = [.init()]
    for scalar in beginning(of: text, scalarsMax: scalarsMax) {
      if scalar.properties.isWhitespace {
        words.append(.init())
      } else if isAllowed(scalar) {
        words[words.count - 1].append(scalar)
      }
    }
    let line = words.filter { !$0.isEmpty }.map { String($0) }.joined(separator: " ")
    return line.unicodeScalars.contains(where: isSeen) ? line : nil
  }

  /// Whole characters: an emoji is not cut in pieces. One that is longer by itself is.
  private static func beginning(of text: String, scalarsMax: Int) -> Substring.UnicodeScalarView {
    let longest = text.unicodeScalars.prefix(scalarsMax)
    let ends = text.indices.prefix { $0 <= longest.endIndex }
    let end = longest.endIndex == text.endIndex ? text.endIndex : ends.last ?? text.startIndex
    return end == text.startIndex ? longest : text[..<end].unicodeScalars
  }

  private static func isSeen(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .nonspacingMark, .enclosingMark, .spaceSeparator, .lineSeparator, .paragraphSeparator: false
    default: true
    }
  }
}
