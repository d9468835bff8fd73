import Foundation
import TestSupport
import Yams

/// The files of this repository.
enum Repository {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  static func has(_ path: String) -> Bool { FileManager.default.fileExists(atPath: "\(root)/\(path)") }
  static func text(_ path: String) throws -> String { try String(contentsOfFile: "\(root)/\(path)", encoding: .utf8) }
  static func yaml(_ path: String) throws -> YAML { try YAML(parsing: text(path)) }

  static func names(in folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: "\(root)/\(folder)")) ?? []).sorted()
  }

  /// The executables that Package.swift names.
  static func products() throws -> Set<String> {
    Set(try text("Package.swift").matches(of: /\.executable\(name: "(\w+)"/).map { String($0.1) })
  }

  /// The variables that .env.example describes, those it has in a comment too.
  static func documentedVariables() throws -> Set<String> {
    Set(
      try text(".env.example").matches(of: /^(?:# )?([A-Z][A-Z0-9_]*)=/.anchorsMatchLineEndings()).map { String($0.1) })
  }

  /// What `breath` prints.
  static func breath(_ arguments: String...) throws -> (status: Int32, output: String) {
    try run(TestEnvironment.value("BREATH_TEST_BIN") + "/breath", arguments)
  }

  /// What a script prints that ends well.
  static func lines(of script: String, _ arguments: String...) throws -> [String] {
    let (status, output) = try run("\(root)/\(script)", arguments)
    return status == 0 ? output.split(separator: "\n").map { String($0) } : []
  }

  private static func run(_ program: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, output)
  }
}

extension String {
  /// `${NAME}`, also with a default or a complaint after the name.
  var placeholders: Set<String> { Set(matches(of: /\$\{([A-Z][A-Z0-9_]*)(?::?[-?][^}]*)?\}/).map { String($0.1) }) }
}

/// A document with its types, which matter to the deployer.
enum YAML: Hashable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case list([YAML])
  case map([String: YAML])

  init(parsing text: String) throws { self.init(try Yams.load(yaml: text)) }

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

  subscript(_ key: String) -> YAML { map[key] ?? .null }
  var map: [String: YAML] { if case .map(let map) = self { map } else { [:] } }
  var list: [YAML] { if case .list(let list) = self { list } else { [] } }
  var string: String? { if case .string(let string) = self { string } else { nil } }
  var number: Double? { if case .number(let number) = self { number } else { nil } }
  var bool: Bool? { if case .bool(let bool) = self { bool } else { nil } }

  /// Every text in it, at any depth.
  var strings: [String] {
    switch self {
    case .string(let string): [string]
    case .list(let list): list.flatMap(\.strings)
    case .map(let map): map.values.flatMap(\.strings)
    case .null, .bool, .number: []
    }
  }
}
