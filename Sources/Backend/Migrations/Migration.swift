import Crypto
import FoundationEssentials

/// A file `NNNN_verb_noun.sql`: runs once, in order, in one transaction, and is never edited after release.
package struct Migration: Sendable {
  package let number: Int32
  /// Without number and ending, `create_roles`.
  package let name: String
  let text: String
  /// SHA-256 of the file, in hexadecimal.
  let checksum: String

  /// Nil when the name is not of that form.
  init?(fileName: String, text: String) {
    guard fileName.hasSuffix(".sql") else { return nil }
    let stem = fileName.dropLast(4)
    let digits = stem.prefix(4)
    name = String(stem.dropFirst(5))
    guard digits.utf8.count == 4, digits.allSatisfy(\.isASCII), let number = Int32(digits), number > 0,
      stem.dropFirst(4).hasPrefix("_"), !name.isEmpty,
      name.utf8.allSatisfy({ (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || $0 == UInt8(ascii: "_") })
    else { return nil }
    self.number = number
    self.text = text
    checksum = SHA256.hash(data: Array(text.utf8)).map { byte in
      let digits = String(byte, radix: 16)
      return digits.utf8.count == 1 ? "0" + digits : digits
    }.joined()
  }

  /// All files of a folder in order; numbers count up from 1 without a gap.
  package static func all(in folder: String) throws -> [Migration] {
    guard let files = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
      throw MigrationError("There is no folder \(folder); run breath from the project or give --sql.")
    }
    let migrations = try files.filter { $0.hasSuffix(".sql") }.sorted().map { file in
      let text = try String(contentsOf: URL(filePath: folder + "/" + file), encoding: .utf8)
      guard let migration = Migration(fileName: file, text: text) else {
        throw MigrationError("\(file) is not named NNNN_verb_noun.sql.")
      }
      return migration
    }
    for (index, migration) in migrations.enumerated() where migration.number != index + 1 {
      throw MigrationError("Migration \(index + 1) is missing or there twice, before \(migration.name).")
    }
    return migrations
  }
}

package struct MigrationError: Error, CustomStringConvertible {
  package let description: String
  init(_ description: String) { self.description = description }
}
