/// Reading of codes that people type and paste.
package enum TypedCode {
  /// How long what is sent may be, in code points: longer than any code, for what may stand around its letters.
  package static let length = 1...128

  /// What of a text can be part of a code, as it was printed: upper case, and ASCII for the wide letters of East Asian
  /// keyboards. All else is left out (RFC 8628, 6.1): the line feed that a terminal adds, the dash and the space that
  /// whatever corrects text puts for ours.
  /// - Parameter alphabet: upper case.
  package static func symbols(in text: String, of alphabet: [Character]) -> String {
    String(text.unicodeScalars.compactMap(ascii).filter(alphabet.contains))
  }

  /// The digits of a code that is written in them, in whichever script.
  package static func digits(in text: String) -> String {
    String(text.compactMap { $0.wholeNumberValue.flatMap { (0...9).contains($0) ? Character("\($0)") : nil } })
  }

  private static func ascii(_ scalar: Unicode.Scalar) -> Character? {
    let narrow = (0xFF01...0xFF5E).contains(scalar.value) ? scalar.value - 0xFEE0 : scalar.value
    switch narrow {
    case 0x61...0x7A: return Character(Unicode.Scalar(UInt8(narrow - 0x20)))
    case 0x21...0x7E: return Character(Unicode.Scalar(UInt8(narrow)))
    default: return nil
    }
  }
}
