import Foundation
import YAMLFiles

/// Compares a value with a schema of the document: the part of JSON Schema that the document uses. Stricter in one thing: a
/// member that no schema names is wrong, unless the schema says that anything may be there.
struct SchemaCheck {
  let api: OpenAPI

  /// What is wrong, each with its place; none when the value is right. A placeholder of a sample event fits anywhere.
  func problems(_ value: YAML, _ schema: YAML, at place: String = "") -> [String] {
    let finding = apply(schema, to: value, place)
    guard case .map(let members) = value, !finding.isOpen else { return finding.problems }
    let unknown = members.keys.filter { !finding.known.contains($0) }
    return finding.problems + unknown.sorted().map { "\(place)/\($0) is not documented" }
  }

  private struct Finding {
    var problems: [String] = []
    /// Members that were looked at.
    var known: Set<String> = []
    /// Says nothing about other members, for it says nothing about any.
    var isOpen = false

    mutating func add(_ other: Finding) {
      problems += other.problems
      known.formUnion(other.known)
      isOpen = isOpen || other.isOpen
    }
  }

  private func apply(_ schema: YAML, to value: YAML, _ place: String) -> Finding {
    var finding = Finding()
    if case .string(let text) = value, SchemaCheck.isPlaceholder(text) { return finding }
    if let reference = schema["$ref"].string {
      finding.add(apply(api.target(of: reference) ?? .bool(false), to: value, place))
    }
    if schema == .bool(false) { finding.problems.append("\(place) must not be there") }
    for part in schema["allOf"].list { finding.add(apply(part, to: value, place)) }
    for name in ["anyOf", "oneOf"] where schema[name] != .null {
      finding.add(choice(schema[name].list, value, place, isExclusive: name == "oneOf"))
    }
    finding.problems += simple(schema, value, place).map { "\(place) \($0)" }
    if case .list(let items) = value, schema["items"] != .null {
      for (index, item) in items.enumerated() {
        finding.problems += problems(item, schema["items"], at: "\(place)/\(index)")
      }
    }
    if case .map(let members) = value { finding.add(object(schema, members, place)) }
    return finding
  }

  private func object(_ schema: YAML, _ members: [String: YAML], _ place: String) -> Finding {
    var finding = Finding()
    for name in schema["required"].list.compactMap(\.string) where members[name] == nil {
      finding.problems.append("\(place)/\(name) is missing")
    }
    let properties = schema["properties"].map
    for (name, value) in members {
      guard let property = properties[name] else { continue }
      finding.problems += problems(value, property, at: "\(place)/\(name)")
    }
    finding.known = Set(properties.keys)
    let speaksOfMembers = ["properties", "$ref", "allOf", "anyOf", "oneOf", "required"].contains { schema[$0] != .null }
    let others = schema["additionalProperties"]
    finding.isOpen = others == .bool(true) || !speaksOfMembers && others != .bool(false)
    if !others.map.isEmpty {
      for (name, value) in members where properties[name] == nil {
        finding.problems += problems(value, others, at: "\(place)/\(name)")
        finding.known.insert(name)
      }
    }
    return finding
  }

  private func choice(_ schemas: [YAML], _ value: YAML, _ place: String, isExclusive: Bool) -> Finding {
    let findings = schemas.map { apply($0, to: value, place) }
    let fitting = findings.filter(\.problems.isEmpty)
    guard !fitting.isEmpty, !isExclusive || fitting.count == 1 else {
      return Finding(problems: ["\(place) fits \(fitting.count) of the choices"] + findings.flatMap(\.problems))
    }
    return fitting.reduce(into: Finding()) { $0.add($1) }
  }

  static func isPlaceholder(_ text: String) -> Bool {
    text.hasPrefix("<") && text.hasSuffix(">") || text.contains("${")
  }
}

// MARK: - What is not about parts

extension SchemaCheck {
  private func simple(_ schema: YAML, _ value: YAML, _ place: String) -> [String] {
    var wrong: [String] = []
    let types = schema["type"].string.map { [$0] } ?? schema["type"].list.compactMap(\.string)
    if !types.isEmpty, !types.contains(where: { SchemaCheck.isA($0, value) }) { wrong.append("is no \(types)") }
    if let const = schema.map["const"], const != value { wrong.append("is not \(const)") }
    if schema["enum"] != .null, !schema["enum"].list.contains(value) { wrong.append("is none of the values") }
    switch value {
    case .number(let number):
      if let minimum = schema["minimum"].number, number < minimum { wrong.append("is below \(minimum)") }
      if let maximum = schema["maximum"].number, number > maximum { wrong.append("is above \(maximum)") }
    case .string(let text): wrong += textual(schema, text)
    case .list(let items):
      if let most = schema["maxItems"].number, Double(items.count) > most { wrong.append("has too many items") }
      if let least = schema["minItems"].number, Double(items.count) < least { wrong.append("has too few items") }
    case .null, .bool, .map: break
    }
    return wrong
  }

  private func textual(_ schema: YAML, _ text: String) -> [String] {
    var wrong: [String] = []
    let length = Double(text.unicodeScalars.count)
    if let least = schema["minLength"].number, length < least { wrong.append("is too short") }
    if let most = schema["maxLength"].number, length > most { wrong.append("is too long") }
    let patterns = [schema["pattern"].string, schema["format"].string.flatMap { SchemaCheck.formats[$0] }]
    for pattern in patterns.compactMap(\.self) where (try? Regex(pattern).firstMatch(in: text)) == nil {
      wrong.append("does not match \(pattern)")
    }
    return wrong
  }

  private static func isA(_ type: String, _ value: YAML) -> Bool {
    switch (type, value) {
    case ("null", .null), ("boolean", .bool), ("number", .number), ("string", .string), ("array", .list),
      ("object", .map):
      true
    case ("integer", .number(let number)): number == number.rounded()
    default: false
    }
  }

  private static let formats = [
    "date": #"^\d{4}-\d\d-\d\d$"#, "date-time": #"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"#,
    "uuid": "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$", "uri": "^[a-z]+://", "email": "^[^@]+@[^@]+$",
  ]
}
