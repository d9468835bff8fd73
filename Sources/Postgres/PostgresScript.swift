/// The text of a migration: several statements, no values. Only what was released with the program is trusted;
/// text that came from outside must never get here.
package struct PostgresScript: Sendable {
  package let text: String
  package init(trustedText text: String) { self.text = text }

  /// The line, from 1, of a place that PostgreSQL gives in characters (code points), from 1.
  func line(ofCharacter position: Int) -> Int {
    1 + text.unicodeScalars.prefix(Swift.max(0, position - 1)).count { $0 == "\n" }
  }
}
