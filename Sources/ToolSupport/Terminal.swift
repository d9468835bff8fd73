internal import Glibc

/// Standard error, where everything goes that is not the result.
enum Terminal {
  static let isInteractive = isatty(STDERR_FILENO) == 1

  /// A line of its own, in place of a progress bar that may be there.
  static func note(_ text: String) { write((isInteractive ? "\r\u{1B}[K" : "") + text.printableLines + "\n") }

  static func write(_ text: String) {
    let bytes = Array(text.utf8)
    _ = unsafe Glibc.write(STDERR_FILENO, bytes, bytes.count)
  }
}

/// How far something long has come: a bar on a terminal, a line for every tenth elsewhere.
struct ProgressBar {
  let total: Int
  let unit: String
  private var tenthsShown = 0

  init(total: Int, unit: String) {
    self.total = total
    self.unit = unit
  }

  mutating func show(_ done: Int) {
    let counts = "\(done.grouped) of \(total.grouped) \(unit)"
    if Terminal.isInteractive {
      Terminal.write("\r\u{1B}[K\(Bar.drawn(Int64(done), of: Int64(total), width: 30))  \(counts)")
      if done == total { Terminal.write("\r\u{1B}[K") }
    } else if done * 10 / total > tenthsShown {
      tenthsShown = done * 10 / total
      Terminal.write(counts + "\n")
    }
  }
}

enum Bar {
  static func drawn(_ part: Int64, of whole: Int64, width: Int) -> String {
    let filled = whole <= 0 ? width : Int(Double(max(0, min(part, whole))) / Double(whole) * Double(width))
    return String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
  }
}

extension BinaryInteger {
  /// With a comma between the thousands.
  var grouped: String {
    let digits = Array("\(magnitude)")
    let pieces = stride(from: digits.count, to: 0, by: -3).map { String(digits[max(0, $0 - 3)..<$0]) }
    return (self < 0 ? "-" : "") + pieces.reversed().joined(separator: ",")
  }
}

extension UnicodeScalar {
  /// Nothing that a terminal obeys, or that turns or hides the text around it. The joiner of emoji does neither.
  var isPrintable: Bool {
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
  var printable: String { escapingUnprintable { "\\u{\(String($0.value, radix: 16))}" } }

  var printableLines: String { escapingUnprintable { $0 == "\n" ? "\n" : "\\u{\(String($0.value, radix: 16))}" } }

  /// The same of JSON in several lines, which means what it meant: only inside its strings is there anything to escape.
  var printableJSON: String { escapingUnprintable { $0 == "\n" ? "\n" : $0.escapedInJSON } }

  private func escapingUnprintable(_ escaped: (UnicodeScalar) -> String) -> String {
    if unicodeScalars.allSatisfy(\.isPrintable) { return self }
    return unicodeScalars.map { $0.isPrintable ? String($0) : escaped($0) }.joined()
  }
}
