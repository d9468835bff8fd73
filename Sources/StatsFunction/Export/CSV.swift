import StrictJSON

/// Comma-separated values (RFC 4180) that no spreadsheet takes for something to be computed.
enum CSV {
  enum Cell {
    /// Somebody's words: what would be a formula gets an apostrophe.
    case text(String)
    /// What only we write: numbers, dates, names of flags. Never guarded: a negative number stays a number.
    case own(String)
    case empty

    static func own(_ value: some BinaryInteger) -> Cell { .own(String(value)) }

    /// As JSON spells it.
    static func number(_ value: Double?) -> Cell { value.map { .own(JSON.double($0).text) } ?? .empty }
  }

  static let contentType = "text/csv; charset=utf-8; header=present"

  static func line(_ cells: [Cell]) -> String {
    cells.map(\.text).joined(separator: ",") + "\r\n"
  }

  /// Spreadsheets compute a cell that begins with one of these, some of them the full-width forms too.
  /// - Source: OWASP, "CSV Injection"; ASVS 5.0.0 V1.2.10.
  private static let formulaStarts: Set<Unicode.Scalar> = [
    "=", "+", "-", "@", "\t", "\r", "\n", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}",
  ]

  fileprivate static func guarded(_ text: String) -> String {
    text.unicodeScalars.first.map(formulaStarts.contains) == true ? "'" + text : text
  }

  /// By code points: to Swift CR and LF are one character.
  fileprivate static func quoted(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) else { return text }
    var quoted = "\""
    for scalar in text.unicodeScalars {
      if scalar == "\"" { quoted.unicodeScalars.append(scalar) }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }
}

extension CSV.Cell {
  fileprivate var text: String {
    switch self {
    case .text(let text): CSV.quoted(CSV.guarded(text))
    case .own(let text): text
    case .empty: ""
    }
  }
}
