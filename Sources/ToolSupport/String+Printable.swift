extension UnicodeScalar {
  /// Nothing that a terminal obeys, or that turns or hides the text around it. The joiner of emoji does neither.
  package var isPrintable: Bool {
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: self == "\u{200D}"
    default: true
    }
  }

  /// As JSON has it: `\u001b`, beyond 16 bits as two.
  fileprivate var escapedInJSON: String {
    UTF16.encode(self).map { units in
      units.map { unit in
        let digits = String(unit, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }.joined()
    } ?? ""
  }
}

extension String {
  /// On a terminal: what another side wrote must not steer it. What is not printed is shown by its number.
  package var printable: String { escapingUnprintable { "\\u{\(String($0.value, radix: 16))}" } }

  package var printableLines: String {
    escapingUnprintable { $0 == "\n" ? "\n" : "\\u{\(String($0.value, radix: 16))}" }
  }

  /// The same of JSON in several lines, which means what it meant: only inside its strings is there anything to escape.
  package var printableJSON: String { escapingUnprintable { $0 == "\n" ? "\n" : $0.escapedInJSON } }

  private func escapingUnprintable(_ escaped: (UnicodeScalar) -> String) -> String {
    if unicodeScalars.allSatisfy(\.isPrintable) { return self }
    return unicodeScalars.map { $0.isPrintable ? String($0) : escaped($0) }.joined()
  }
}
