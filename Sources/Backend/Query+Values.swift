package import BreathDomain
import FunctionRuntime

// What a query may ask for; anything else is a 400 that says what would be right.

extension Query {
  /// False when absent; `?dryRun` alone means true.
  package func flag(_ name: String) throws -> Bool {
    switch self[name] {
    case nil, "false"?: return false
    case "true"?, ""?: return true
    default: throw Problem(400, code: "invalid_query", detail: "\(name) must be \"true\" or \"false\".")
    }
  }

  package func integer(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
    guard let text = self[name] else { return nil }
    guard let value = Int(text), range.contains(value) else {
      throw Problem(
        400, code: "invalid_query", detail: "\(name) must be between \(range.lowerBound) and \(range.upperBound).")
    }
    return value
  }

  package func date(_ name: String) throws -> LocalDate? {
    guard let text = self[name] else { return nil }
    guard let date = LocalDate(text) else {
      throw Problem(400, code: "invalid_query", detail: "\(name) must be a date like 2025-08-27.")
    }
    return date
  }

  package func timestamp(_ name: String) throws -> Timestamp? {
    guard let text = self[name] else { return nil }
    guard let time = Timestamp(text) else {
      throw Problem(
        400, code: "invalid_query", detail: "\(name) must be a time like 2025-08-27T14:02:11.345Z.")
    }
    return time
  }

  /// The first day of a month like `2025-08`.
  package func month(_ name: String) throws -> LocalDate? {
    guard let text = self[name] else { return nil }
    guard let date = LocalDate("\(text)-01") else {
      throw Problem(400, code: "invalid_query", detail: "\(name) must be a month like 2025-08.")
    }
    return date
  }
}
