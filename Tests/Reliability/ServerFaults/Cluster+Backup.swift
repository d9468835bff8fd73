import Foundation
import FunctionRuntime
import TestSupport

/// A dump taken while the functions push, and a new server that is made from it.
extension Cluster {
  /// - Returns: the path of the dump, in a folder that goes away with this cluster.
  package func dump() throws -> String {
    let path = folder + "/breath.dump"
    try Command.run("pg_dump", ["--format", "custom", "--file", path, "--dbname", superuser()])
    return path
  }

  /// As a managed service has it: an administrator who may create roles and databases, and is no superuser. Makes it and its
  /// empty database.
  package func manage() throws {
    try sql("CREATE ROLE manager LOGIN CREATEROLE CREATEDB PASSWORD '\(Cluster.managerPassword)'", database: "postgres")
    try sql("CREATE DATABASE breath OWNER manager", database: "postgres")
  }

  package var manager: String { "postgresql://manager:\(Cluster.managerPassword)@/breath?\(place)" }
  private static let managerPassword = "not-a-superuser"

  /// The operator's tool, as that administrator runs it.
  @discardableResult
  package func breathAsManager(_ arguments: String..., environment: [String: String] = [:]) throws -> String {
    var all = ["MIGRATE_DATABASE_URL": manager]
    for role in FunctionName.databaseRoles { all[FunctionName.databaseURLName(ofRole: role)] = url(of: role) }
    return try Command.run(Self.program("breath"), arguments, environment: all.merging(environment) { $1 })
  }

  /// Every table with how many rows it has and a digest of all of them.
  package func contents() throws -> [String] {
    let tables = try sql(
      """
      SELECT c.oid::regclass::text FROM pg_class c
      WHERE c.relnamespace IN ('breath'::regnamespace, 'breath_meta'::regnamespace) AND c.relkind IN ('r', 'p')
      ORDER BY 1
      """)
    return try tables.map { table in
      try sql("SELECT '\(table)', count(*), md5(string_agg(t::text, E'\\n' ORDER BY t::text)) FROM \(table) t")[0]
    }
  }

  /// Everything but the rows: tables, rules, functions, owners, grants, policies. Without parentheses, of which a rule that
  /// was read back has fewer.
  package func schema() throws -> String {
    try Command.run(
      "pg_dump", ["--schema-only", "--schema", "breath", "--schema", "breath_meta", "--dbname", superuser()]
    ).filter { !"()".contains($0) }.split(separator: "\n").filter { line in
      // A key of pg_dump's own, another one each time.
      !line.hasPrefix("\\restrict") && !line.hasPrefix("\\unrestrict")
    }.sorted().joined(separator: "\n")
  }

  /// By the steps of docs/operations.md, section 6.
  package func restore(_ dump: String) throws {
    try sql("CREATE DATABASE breath", database: "postgres")
    try breath("load", dump)
    try breath("migrate")
    try breath("roles")
  }
}
