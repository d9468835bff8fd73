import Crypto
import FoundationEssentials

/// What the folder `sql/` has (sql/README.md).
package struct SchemaFiles: Sendable {
  /// In order; numbers count up from 1 without a gap.
  package let migrations: [Migration]
  /// In the order in which they are applied.
  package let definitions: [Definition]

  /// - Throws: `MigrationError` for a folder that is not there, and a file that is out of order or out of place.
  package init(folder: String) throws {
    migrations = try SchemaFiles.migrations(in: folder)
    definitions = try SchemaFiles.definitions(in: folder)
  }

  /// Stands for all definitions together: SHA-256 over their paths and checksums, in hexadecimal.
  package var definitionsDigest: String {
    SchemaFiles.checksum(of: definitions.map { "\($0.path) \($0.checksum)\n" }.sorted().joined())
  }

  /// SHA-256 in hexadecimal.
  static func checksum(of text: String) -> String {
    SHA256.hash(data: Array(text.utf8)).map { byte in
      let digits = String(byte, radix: 16)
      return digits.utf8.count == 1 ? "0" + digits : digits
    }.joined()
  }

  private static func migrations(in folder: String) throws -> [Migration] {
    let path = folder + "/migrations"
    guard let files = try? FileManager.default.contentsOfDirectory(atPath: path) else {
      throw MigrationError("There is no folder \(path); run breath from the project or give --sql.")
    }
    let migrations = try files.filter { $0.hasSuffix(".sql") }.sorted().map { file in
      guard let migration = Migration(fileName: file, text: try text(of: "\(path)/\(file)")) else {
        throw MigrationError("\(file) is not named NNNN_verb_noun.sql.")
      }
      return migration
    }
    for (index, migration) in migrations.enumerated() where migration.number != index + 1 {
      throw MigrationError("Migration \(index + 1) is missing or there twice, before \(migration.name).")
    }
    return migrations
  }

  private static func definitions(in folder: String) throws -> [Definition] {
    guard let paths = try? FileManager.default.subpathsOfDirectory(atPath: folder) else {
      throw MigrationError("The folder \(folder) cannot be read.")
    }
    let inPlace = paths.filter { $0.hasSuffix(".sql") && ($0.hasPrefix("access/") || $0.hasPrefix("functions/")) }
    let definitions = try inPlace.map { path in
      guard let definition = Definition(path: path, text: try text(of: "\(folder)/\(path)")) else {
        throw MigrationError("\(path) has no place: see sql/README.md.")
      }
      return definition
    }
    // Of access, policies before grants, as it happens in reverse.
    return definitions.sorted {
      $0.stage != $1.stage
        ? $0.stage.rawValue < $1.stage.rawValue
        : $0.stage == .access ? $0.path > $1.path : $0.path < $1.path
    }
  }

  private static func text(of path: String) throws -> String {
    try String(contentsOf: URL(filePath: path), encoding: .utf8)
  }
}
