extension SQL {
  /// A statement that answers one row: `texts`, each bound value as PostgreSQL itself prints it (NULL for NULL), and
  /// `types`, their types. `breath bench` writes scripts for pgbench with them.
  package var spelled: SQL {
    let numbers = parameters.indices.map { "$\($0 + 1)" }
    var sql = self
    sql.text = """
      SELECT ARRAY[\(numbers.map { "\($0)::text" }.joined(separator: ", "))]::text[] AS texts,
        ARRAY[\(numbers.map { "pg_typeof(\($0))::text" }.joined(separator: ", "))]::text[] AS types
      """
    return sql
  }
}
