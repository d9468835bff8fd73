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
    try requireOneOfEachName(connection)
    try validate(connection)
  }

  /// Other parameters make another function beside the old one, and which of them a caller means is luck.
  private func requireOneOfEachName(_ connection: Connection) throws {
    let rows = try connection.rows(
      """
      SELECT proname::text AS name FROM pg_catalog.pg_proc WHERE pronamespace = 'breath'::regnamespace
      GROUP BY proname HAVING count(*) > 1 ORDER BY proname LIMIT 1
      """)
    guard let row = rows.first else { return }
    let name: String = try row["name"]
    throw MigrationError(
      "breath.\(name) would be there with two signatures, and everything was undone: give the new one another name, and "
        + "drop the old one in a later migration (sql/README.md).")
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
