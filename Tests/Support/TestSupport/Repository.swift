package import Foundation

/// The files of this repository.
package enum Repository {
  package static let folder = (0..<4).reduce(URL(filePath: #filePath)) { file, _ in file.deletingLastPathComponent() }
  package static let root = folder.path

  /// - Parameter path: from the root on, as in all that follows.
  package static func url(_ path: String) -> URL { folder.appending(path: path) }

  package static func has(_ path: String) -> Bool { FileManager.default.fileExists(atPath: "\(root)/\(path)") }
  package static func text(_ path: String) throws -> String {
    try String(contentsOfFile: "\(root)/\(path)", encoding: .utf8)
  }

  package static func names(in folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: "\(root)/\(folder)")) ?? []).sorted()
  }

  /// At any depth below a folder, from the root on.
  package static func files(below folder: String, endingIn endings: [String]) -> [String] {
    let names = FileManager.default.enumerator(atPath: "\(root)/\(folder)")?.compactMap { $0 as? String } ?? []
    return names.filter { name in endings.contains { name.hasSuffix($0) } }.map { "\(folder)/\($0)" }.sorted()
  }

  /// The executables that Package.swift names.
  package static func products() throws -> Set<String> {
    Set(try text("Package.swift").matches(of: /\.executable\(name: "(\w+)"/).map { String($0.1) })
  }

  /// The variables that .env.example describes, those it has in a comment too.
  package static func documentedVariables() throws -> Set<String> {
    Set(
      try text(".env.example").matches(of: /^(?:# )?([A-Z][A-Z0-9_]*)=/.anchorsMatchLineEndings()).map { String($0.1) })
  }

  /// What `breath` prints.
  package static func breath(_ arguments: String...) throws -> (status: Int32, output: String) {
    let breath = try Command(TestEnvironment.value("BREATH_TEST_BIN") + "/breath", arguments)
    return (breath.status, breath.output)
  }

  /// What a script prints that ends well.
  package static func lines(of script: String, _ arguments: String...) throws -> [String] {
    try Command.run("\(root)/\(script)", arguments).split(separator: "\n").map { String($0) }
  }
}

extension String {
  /// `${NAME}`, also with a default or a complaint after the name.
  package var placeholders: Set<String> {
    Set(matches(of: /\$\{([A-Z][A-Z0-9_]*)(?::?[-?][^}]*)?\}/).map { String($0.1) })
  }
}
