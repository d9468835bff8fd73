internal import Postgres

extension SQL {
  /// A statement that answers one row: `texts`, each bound value of this one as PostgreSQL itself prints it (NULL for
  /// NULL), and `types`, their types.
  var spelled: SQL {
    """
    SELECT ARRAY[\(list { "\($0)::text" })]::text[] AS texts, ARRAY[\(list { "pg_typeof(\($0))::text" })]::text[] AS types
    """
  }

  private func list(_ item: (SQL) -> SQL) -> SQL {
    let items = boundValues.map(item)
    return items.dropFirst().reduce(items.first ?? "") { "\($0), \($1)" }
  }
}
