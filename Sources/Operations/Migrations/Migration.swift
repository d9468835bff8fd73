import FoundationEssentials

/// A file `sql/migrations/NNNN_verb_noun.sql`: tables, constraints and data. Runs once, in order, and is never edited after
/// release.
package struct Migration: Sendable {
  package let number: Int32
  /// Without number and ending, `baseline`.
  package let name: String
  let text: String
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
    checksum = SchemaFiles.checksum(of: text)
  }

  /// `0001 baseline`.
  package var label: String {
    String(repeating: "0", count: max(0, 4 - "\(number)".count)) + "\(number) \(name)"
  }
}

/// A file of `sql/functions` or `sql/access`: edited in place, and applied again by the next `breath migrate` after its
/// content changed.
package struct Definition: Sendable {
  /// When it is applied: roles before the migrations, whose tables they own; functions after, by then the tables are
  /// there; policies and grants last.
  enum Stage: Int, Sendable { case roles, functions, access }

  /// Below `sql/`: `functions/sync/pull.sql`.
  package let path: String
  let stage: Stage
  let text: String
  let checksum: String

  /// Nil for a path that has no place.
  init?(path: String, text: String) {
    switch path {
    case "access/roles.sql": stage = .roles
    case "access/policies.sql", "access/grants.sql": stage = .access
    case _ where path.hasPrefix("functions/"): stage = .functions
    default: return nil
    }
    self.path = path
    self.text = text
    checksum = SchemaFiles.checksum(of: text)
  }

  /// The role that owns the function, where the file names another one than the usual.
  var namedOwner: String? {
    let start = "SET LOCAL ROLE "
    guard stage == .functions, text.hasPrefix(start) else { return nil }
    return String(text.dropFirst(start.count).prefix { $0 != ";" })
  }
}

package struct MigrationError: Error, CustomStringConvertible {
  package let description: String
  init(_ description: String) { self.description = description }
}
