import StrictJSON

/// A length of time in the ways WakaTime says one. Parts of a minute are not rounded up.
struct SpokenTime {
  private let ms: Int64

  init(_ ms: Int64) { self.ms = ms }

  private var hours: Int64 { ms / 3_600_000 }
  private var minutes: Int64 { ms / 60_000 % 60 }
  private var seconds: Int64 { ms / 1000 % 60 }

  var totalSeconds: JSON { .double(Double(ms) / 1000) }

  /// `1 hr 5 mins`, `12 mins`, `40 secs`.
  var text: JSON {
    func counted(_ number: Int64, _ unit: String) -> String { "\(number) \(unit)\(number == 1 ? "" : "s")" }
    if hours > 0 { return .string("\(counted(hours, "hr")) \(counted(minutes, "min"))") }
    return .string(minutes > 0 ? counted(minutes, "min") : counted(seconds, "sec"))
  }

  /// `1:05`
  var digital: JSON { .string("\(hours):\(SpokenTime.twoDigits(minutes))") }

  /// Hours, `1.08`.
  var decimal: JSON {
    let hundredths = (ms + 18_000) / 36_000
    return .string("\(hundredths / 100).\(SpokenTime.twoDigits(hundredths % 100))")
  }

  var members: [(key: String, value: JSON)] {
    [
      ("decimal", decimal), ("digital", digital), ("hours", .integer(hours)), ("minutes", .integer(minutes)),
      ("text", text), ("total_seconds", totalSeconds),
    ]
  }

  private static func twoDigits(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
