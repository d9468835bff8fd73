import TestSupport
import Yams

extension Repository {
  package static func yaml(_ path: String) throws -> YAML { try YAML(parsing: text(path)) }
}

/// A document with its types, which matter to the deployer.
package enum YAML: Hashable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case list([YAML])
  case map([String: YAML])

  package init(parsing text: String) throws { self.init(try Yams.load(yaml: text)) }

  private init(_ value: Any?) {
    switch value {
    case let value as Bool: self = .bool(value)
    case let value as Int: self = .number(Double(value))
    case let value as Double: self = .number(value)
    case let value as String: self = .string(value)
    case let value as [Any]: self = .list(value.map(YAML.init))
    case let value as [AnyHashable: Any]:
      self = .map(Dictionary(uniqueKeysWithValues: value.map { ("\($0.key.base)", YAML($0.value)) }))
    default: self = .null
    }
  }

  package subscript(_ key: String) -> YAML { map[key] ?? .null }
  package var map: [String: YAML] { if case .map(let map) = self { map } else { [:] } }
  package var list: [YAML] { if case .list(let list) = self { list } else { [] } }
  package var string: String? { if case .string(let string) = self { string } else { nil } }
  package var number: Double? { if case .number(let number) = self { number } else { nil } }
  package var bool: Bool? { if case .bool(let bool) = self { bool } else { nil } }

  /// Every text in it, at any depth.
  package var strings: [String] {
    switch self {
    case .string(let string): [string]
    case .list(let list): list.flatMap(\.strings)
    case .map(let map): map.values.flatMap(\.strings)
    case .null, .bool, .number: []
    }
  }
}
