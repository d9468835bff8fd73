import Foundation
import FunctionRuntime
import Glibc
import TestSupport

/// A PostgreSQL cluster of its own, migrated, whose functions' roles log in with passwords: what can be killed, filled
/// and thrown away without touching any other test. Made by the same scripts as `make run`'s.
package final class Cluster {
  /// Holds the data, the log and what goes with them; removed at the end.
  package let folder: String
  private var facts: [String: String] = [:]
  private let passwords: [String: String]

  /// - Parameter migrated: false leaves an empty server, for a restore.
  package init(migrated: Bool = true) throws {
    folder = FileManager.default.temporaryDirectory.path + "/breath-cluster-\(UUID().uuidString.prefix(8).lowercased())"
    passwords = Dictionary(
      uniqueKeysWithValues: FunctionName.databaseRoles.map { ($0, UUID().uuidString.lowercased()) })
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o711])
    try start()
    if migrated { try migrate() }
  }

  deinit {
    try? stop()
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// Starts it, on the same port as before; after a kill it recovers.
  package func start() throws {
    let port = facts["BREATH_PG_PORT"].map { [$0] } ?? []
    facts = Command.assignments(try Command.run("scripts/postgres.sh", ["start", folder] + port))
  }

  package func stop() throws { try Command.run("scripts/postgres.sh", ["stop", folder]) }

  /// Makes the database when there is none, brings it to the newest schema, and lets the roles log in.
  package func migrate() throws {
    if try sql("SELECT FROM pg_database WHERE datname = 'breath'", database: "postgres").isEmpty {
      try sql("CREATE DATABASE breath", database: "postgres")
    }
    try breath("migrate")
    try breath("roles")
  }

  /// The operator's tool, as the operator of this cluster runs it.
  @discardableResult
  package func breath(_ arguments: String..., database: String = "breath") throws -> String {
    var environment = ["MIGRATE_DATABASE_URL": superuser(database: database)]
    for role in FunctionName.databaseRoles { environment[FunctionName.databaseURLName(ofRole: role)] = url(of: role) }
    return try Command.run(Self.program("breath"), arguments, environment: environment)
  }

  static func program(_ name: String) throws -> String { try TestEnvironment.value("BREATH_TEST_BIN") + "/" + name }
}

// MARK: - Ways in

extension Cluster {
  var data: String { facts["BREATH_PG_DATA"] ?? "" }
  var place: String { facts["BREATH_PG_PLACE"] ?? "" }

  package func superuser(database: String = "breath") -> String {
    "postgresql://postgres:\(facts["BREATH_PG_PASSWORD"] ?? "")@/\(database)?\(place)"
  }

  /// - Parameter place: another way to the database than the server's own socket.
  package func url(of function: String, place: String? = nil) -> String {
    "postgresql://breath_\(function):\(passwords[function] ?? "")@/breath?\(place ?? self.place)"
  }

  /// What the platform gives a function.
  package func environment(of function: String) throws -> [String: String] {
    var environment = [
      "DATABASE_URL": url(of: function), "BREATH_JWKS": try TestEnvironment.value("BREATH_JWKS"),
      "BREATH_RATE_LIMIT_FACTOR": "100000",
    ]
    if function == "auth" {
      for key in ["BREATH_SIGNING_KEY", "BREATH_REFRESH_KEY", "BREATH_DATA_KEY"] {
        environment[key] = try TestEnvironment.value(key)
      }
    }
    return environment
  }

  /// As the superuser by psql, so that what checks the product shares no code with it.
  /// - Returns: the rows, columns parted by `|`.
  @discardableResult
  package func sql(_ text: String, database: String = "breath") throws -> [String] {
    try Command.run(
      "psql", ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", superuser(database: database), "-f", "-"],
      input: text
    ).split(separator: "\n").map(String.init)
  }
}

// MARK: - Where its files are

extension Cluster {
  /// Puts the tables on another disk; the log of transactions stays where it is.
  package func move(to disk: SmallDisk) throws {
    let folder = disk.path + "/tables"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    try own(folder)
    try sql("CREATE TABLESPACE small LOCATION '\(folder)'", database: "postgres")
    try sql(
      "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = 'breath'", database: "postgres")
    try sql("ALTER DATABASE breath SET TABLESPACE small", database: "postgres")
  }

  /// Puts the log of transactions on another disk, in as few files as there can be.
  package func moveLog(to disk: SmallDisk) throws {
    try sql("ALTER SYSTEM SET max_wal_size = '32MB'")
    try sql("ALTER SYSTEM SET min_wal_size = '32MB'")
    try stop()
    try Command.run("cp", ["-a", data + "/pg_wal", disk.path + "/log"])
    try FileManager.default.removeItem(atPath: data + "/pg_wal")
    try FileManager.default.createSymbolicLink(atPath: data + "/pg_wal", withDestinationPath: disk.path + "/log")
    try start()
  }

  private func own(_ folder: String) throws { try Command.run("chown", ["--reference", data, folder]) }

  /// Until PostgreSQL has noticed that a process is gone.
  package func waitForSessions(of function: String, atMost count: Int) throws {
    while try sql("SELECT FROM pg_stat_activity WHERE usename = 'breath_\(function)'").count > count {}
  }
}

// MARK: - Kill -9

extension Cluster {
  /// The server's processes: they all work in its data folder.
  private var processes: [pid_t] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { pid_t($0) }.filter { pid in
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/cwd")) == data
    }
  }

  /// Every process of the server, at once and without a warning, and waits until none is left.
  package func killNine() {
    while true {
      let pids = processes
      if pids.isEmpty { return }
      for pid in pids { kill(pid, SIGKILL) }
    }
  }

  /// Whether the last start found that the server had not been stopped, and recovered.
  package var hasRecovered: Bool {
    let log = (try? String(contentsOfFile: folder + "/postgres.log", encoding: .utf8)) ?? ""
    return log.contains("automatic recovery in progress")
  }
}
