import Backend
import Testing

/// The one rule of what may be a name, over all of Unicode.
@Suite struct NameTests {
  /// All that matter, and some of the many ideographs.
  private static let scalars = (0...0x10FFFF as ClosedRange<UInt32>).compactMap(Unicode.Scalar.init).filter { scalar in
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: scalar.value < 0x3400 || scalar.value % 97 == 0
    }
  }

  @Test func `no scalar that steers, hides or ends the line passes between letters, nor stays after cleaning`() {
    for scalar in NameTests.scalars {
      let text = "a\(scalar)b"
      let isUnsafe =
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
      guard (Name(text) == nil) == isUnsafe else {
        Issue.record("U+\(String(scalar.value, radix: 16))")
        continue
      }
      if isUnsafe {
        let cleaned = Name(cleaning: text)?.text
        if cleaned != "ab" && cleaned != "a b" { Issue.record("U+\(String(scalar.value, radix: 16))") }
      }
    }
  }

  @Test(arguments: [
    "Ana's laptop", "工作电脑", "חשב נייד", "لابتوب", "👩‍💻", "👩🏽‍💻 desk", "🏳️‍🌈", "❤️‍🔥", "👨‍👩‍👧", "ශ්‍රී", "श्री", "é", "½", "1️⃣", "🇨🇷",
    String(repeating: "x", count: 64),
  ])
  func `what people call things is a name`(text: String) {
    #expect(Name(text)?.text == text && Name(cleaning: text)?.text == text)
  }

  @Test(arguments: [
    "", " ", "\u{A0}", "\u{3164}", "\u{2800}", "\u{FE0F}", "\u{300}", "a\u{200D}b", "\u{200D}", "👩‍", "1\u{200D}2",
    String(repeating: "x", count: 65), "VS Code \u{202E} puorg ruoy fo enihcam", "a\u{1B}[2J\nb", "a\u{9B}2J",
  ])
  func `what cannot be read alone is none`(text: String) { #expect(Name(text) == nil) }

  @Test func `cleaning leaves what can be shown, once`() {
    let cleaned: [(String, String?)] = [
      ("a\u{1B}[2J\nb", "a [2J b"), ("VS Code \u{202E} puorg", "VS Code puorg"), ("\u{2066}x\u{2069}", "x"),
      ("a\u{2028}b", "a b"), ("👩\u{200D}\u{200B}💻", "👩💻"),
      (String(repeating: "👩\u{200D}", count: 40), String(repeating: "👩\u{200D}", count: 31) + "👩"),
      ("\u{202E}", nil), (String(repeating: "ab\u{200B}", count: 90), String(repeating: "ab", count: 32)),
    ]
    for (stored, shown) in cleaned {
      let name = Name(cleaning: stored)
      #expect(name?.text.unicodeScalars.map(\.value) == shown?.unicodeScalars.map(\.value))
      #expect(name.map { Name($0.text) == $0 } ?? true, "what is shown is a name")
    }
  }
}
