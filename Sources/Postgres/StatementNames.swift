/// The statements that one server session has prepared, by what they were prepared from.
struct StatementNames {
  /// The same text with other parameter types is another statement.
  struct Key: Hashable {
    private let text: SQLText
    private let types: [PostgresType]
    init(_ statement: SQL) {
      text = statement.fixedText
      types = statement.parameters.map(\.type)
    }

    /// The types nearly never tell two statements apart: they count for `==` alone.
    func hash(into hasher: inout Hasher) { hasher.combine(text) }
  }

  /// False behind a transaction pooler, where the next transaction may meet another server session.
  let areUsed: Bool
  private var names: [Key: String] = [:]
  private var drawn = 0

  init(areUsed: Bool) { self.areUsed = areUsed }

  subscript(key: Key) -> String? { names[key] }

  /// A name never used before in this session, not even by a statement whose preparation failed.
  mutating func draw() -> String {
    drawn += 1
    return "breath_\(drawn)"
  }

  /// Only the server's own word counts: a PREPARE skipped after an error left nothing behind.
  mutating func confirm(_ key: Key, name: String) { names[key] = name }
}
