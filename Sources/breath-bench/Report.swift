internal import FoundationEssentials
internal import StrictJSON
internal import ToolSupport

/// One line of the table.
struct Figure {
  let what: String
  var value = 0.0
  var unit = ""
  /// Nil for a figure that only explains another.
  var target: Target?
  /// How it was measured, in a few words.
  var method = ""
  /// Instead of the value when there is none: why not.
  var missing: String?
  /// Where it stands in the plot, if it does.
  var point: ChartPoint?
}

enum Target {
  case atMost(Double)
  case atLeast(Double)

  func isMet(by value: Double) -> Bool {
    switch self {
    case .atMost(let limit): value <= limit
    case .atLeast(let limit): value >= limit
    }
  }
}

extension Figure {
  var valueText: String { missing == nil ? text(value) : "–" }

  private func text(_ value: Double) -> String {
    let digits: Double = value >= 100 ? 1 : value >= 10 ? 10 : 100
    let rounded = (value * digits).rounded() / digits
    let number = rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
    return unit.isEmpty ? number : "\(number) \(unit)"
  }

  var targetText: String {
    switch target {
    case .atMost(let limit)?: "≤ \(text(limit))"
    case .atLeast(let limit)?: "≥ \(text(limit))"
    case nil: ""
    }
  }

  var mark: String {
    if missing != nil { return "not measured" }
    return target.map { $0.isMet(by: value) ? "met" : "missed" } ?? ""
  }

  var how: String { missing ?? method }
}

/// What was measured, for people and for scripts.
struct Report {
  /// Where and when, in one line.
  let surroundings: String
  var figures: [Figure] = []

  /// For a terminal.
  var table: String {
    let rows =
      [["what", "measured", "target", "", "how"]]
      + figures.map { [$0.what, $0.valueText, $0.targetText, $0.mark, $0.how] }
    let widths = (0..<4).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      (zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) } + row[4...]).joined(separator: "  ")
    }.joined(separator: "\n")
  }

  /// The same as a page: what has a target first, then what explains it.
  var markdown: String {
    let (judged, others) = (figures.filter { $0.target != nil }, figures.filter { $0.target == nil })
    return """
      # Figures

      Written by `make figures`; [performance.md](performance.md) says what they mean. \(surroundings).

      ## Against the targets

      | what | measured | target | | how |
      |---|--:|--:|---|---|
      \(judged.map { "| \($0.what) | \($0.valueText) | \($0.targetText) | \(emphasized($0.mark)) | \($0.how) |" }.joined(separator: "\n"))

      ## What explains them

      | what | measured | how |
      |---|--:|---|
      \(others.map { "| \($0.what) | \($0.valueText) | \($0.how) |" }.joined(separator: "\n"))

      """
  }

  private func emphasized(_ mark: String) -> String { mark == "missed" ? "**missed**" : mark }

  var json: [UInt8] {
    let report: JSON = ["surroundings": .string(surroundings), "figures": .array(figures.map(\.json))]
    return report.encoded + [UInt8(ascii: "\n")]
  }

  static func write(_ bytes: some Sequence<UInt8>, to path: String) throws {
    do { try Data(bytes).write(to: URL(filePath: path)) } catch {
      throw Failure(.badInput, "\(path) cannot be written.")
    }
  }
}

extension Figure {
  fileprivate var json: JSON {
    var members: JSONObject = JSONObject([("what", .string(what)), ("method", .string(method))])
    if let missing {
      members["missing"] = .string(missing)
    } else {
      members["value"] = .double(value)
    }
    members["unit"] = .string(unit)
    switch target {
    case .atMost(let limit)?: members["atMost"] = .double(limit)
    case .atLeast(let limit)?: members["atLeast"] = .double(limit)
    case nil: break
    }
    if let target, missing == nil { members["met"] = .bool(target.isMet(by: value)) }
    return .object(members)
  }
}
