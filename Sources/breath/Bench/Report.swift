internal import FoundationEssentials
internal import StrictJSON

/// One line of the table.
struct Figure {
  let what: String
  let value: Double
  let unit: String
  /// Nil for a figure that only explains another.
  var target: Target?
  /// How it was measured, in a few words.
  let method: String
  /// Instead of the value when there is none: why not.
  var missing: String?
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

/// What was measured, for people and for scripts.
struct Report {
  var figures: [Figure] = []

  var table: String {
    let rows = [["what", "measured", "target", "", "how"]] + figures.map(\.row)
    let widths = (0..<4).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      (zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) } + row[4...]).joined(separator: "  ")
    }.joined(separator: "\n")
  }

  func write(to path: String) throws {
    let json = JSON.array(figures.map(\.json))
    do { try Data(json.encoded + [UInt8(ascii: "\n")]).write(to: URL(filePath: path)) } catch {
      throw Failure(.badInput, "\(path) cannot be written.")
    }
  }
}

extension Figure {
  fileprivate var row: [String] {
    [what, missing == nil ? text(value) : "–", targetText, missing == nil ? mark : "not measured", missing ?? method]
  }

  private func text(_ value: Double) -> String {
    let digits: Double = value >= 100 ? 1 : value >= 10 ? 10 : 100
    let rounded = (value * digits).rounded() / digits
    let number = rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
    return unit.isEmpty ? number : "\(number) \(unit)"
  }

  private var targetText: String {
    switch target {
    case .atMost(let limit)?: "≤ \(text(limit))"
    case .atLeast(let limit)?: "≥ \(text(limit))"
    case nil: ""
    }
  }

  private var mark: String { target.map { $0.isMet(by: value) ? "met" : "missed" } ?? "" }

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
