/// Numbers as people of any language read them.
enum NumberText {
  /// `9876`, `12 345` with narrow spaces (ISO 80000-1: neither point nor comma groups digits), `4.2G` from a thousand
  /// million on. Below 0 is 0.
  static func count(_ value: Int64) -> String {
    guard value >= 10_000 else { return "\(max(0, value))" }
    guard value < 1_000_000_000 else { return short(value) }
    let digits = Array("\(value)")
    return digits.enumerated().reduce(into: "") { text, digit in
      if digit.offset > 0 && (digits.count - digit.offset) % 3 == 0 { text += "\u{202F}" }
      text.append(digit.element)
    }
  }

  /// `850`, `1.2k`, `37M`: at most four characters, rounded down, with the prefixes of the SI.
  static func short(_ value: Int64) -> String {
    var (value, rest) = (max(0, value), 0 as Int64)
    for prefix in ["", "k", "M", "G", "T", "P", "E"] {
      if value < 1000 { return value < 10 && rest > 0 ? "\(value).\(rest)\(prefix)" : "\(value)\(prefix)" }
      (value, rest) = (value / 1000, value % 1000 / 100)
    }
    return "\(value)"
  }
}
