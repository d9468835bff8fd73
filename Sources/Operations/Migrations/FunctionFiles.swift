import Postgres

/// Functions that are defined anew, whose order does not matter: bodies are looked at when all are there.
struct FunctionFiles {
  private let files: [Definition]

  init(_ files: [Definition]) { self.files = files }

  /// In a transaction.
  /// - Parameter run: a text, and the file that it is of.
  func apply(_ connection: Connection, run: (String, String) throws -> Void) throws {
    guard !files.isEmpty else { return }
    // To replace a function its owner must be allowed to create one. Grants come later, so a new schema has no USAGE.
    let owners = Set(files.compactMap(\.namedOwner)).sorted().joined(separator: ", ")
    if !owners.isEmpty {
      try run("SET LOCAL ROLE breath_owner; GRANT USAGE, CREATE ON SCHEMA breath TO \(owners)", "sql")
    }
    try run("SET LOCAL check_function_bodies = off", "sql")
    for file in files { try run("SET LOCAL ROLE breath_owner; " + file.text, file.path) }
    if !owners.isEmpty { try run("SET LOCAL ROLE breath_owner; REVOKE CREATE ON SCHEMA breath FROM \(owners)", "sql") }
    try validate(connection)
  }

  /// As CREATE FUNCTION would have, had it not been told to wait.
  private func validate(_ connection: Connection) throws {
    let functions = try connection.rows(
      """
      SELECT p.proname::text AS name, p.oid::bigint AS id, l.lanname = 'sql' AS is_sql
      FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_language l ON l.oid = p.prolang
      WHERE p.pronamespace = 'breath'::regnamespace AND l.lanname IN ('sql', 'plpgsql')
      ORDER BY p.proname
      """)
    _ = try connection.rows("SELECT set_config('check_function_bodies', 'on', true)")
    for row in functions {
      let (name, id, isSQL): (String, Int64, Bool) = (try row["name"], try row["id"], try row["is_sql"])
      do throws(PostgresError) {
        let validator: SQL = isSQL ? "fmgr_sql_validator" : "plpgsql_validator"
        _ = try connection.rows("SELECT pg_catalog.\(validator)(\(id)::oid)::text")
      } catch {
        throw MigrationError("breath.\(name) cannot be compiled, and everything was undone: \(error.message)")
      }
    }
  }
}
