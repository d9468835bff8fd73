import Foundation

/// A dump taken while the functions push, and a new server that is made from it.
extension Cluster {
  /// - Returns: the path of the dump, in a folder that goes away with this cluster.
  package func dump() throws -> String {
    let path = folder + "/breath.dump"
    try Command.run("pg_dump", ["--format", "custom", "--file", path, "--dbname", superuser()])
    return path
  }

  /// By the steps of docs/operations.md, section 6: roles belong to the cluster and not to the dump.
  package func restore(_ dump: String) throws {
    try sql("CREATE DATABASE roles", database: "postgres")
    try breath("migrate", database: "roles")
    try sql("DROP DATABASE roles", database: "postgres")
    try sql("CREATE DATABASE breath", database: "postgres")
    try Command.run("pg_restore", ["--exit-on-error", "--dbname", superuser(), dump])
    try breath("migrate")
    try breath("roles")
  }
}
