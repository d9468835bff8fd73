import Foundation
import FunctionRuntime
import Postgres
import StrictJSON
import TestSupport
import Testing

/// A migrated database of one test alone, for what works on everything there is.
final class ScratchDatabase {
  let url: String
  /// Of the function `auth`.
  let authURL: String
  private let urls: [FunctionName: String]
  private let name = "breath_scratch_\(UUID().uuidString.prefix(8).lowercased())"

  init() throws {
    let database = "@/\(name)?"
    url = try TestEnvironment.value("BREATH_TEST_DATABASE_URL").replacing("@/breath?", with: database)
    urls = Dictionary(
      uniqueKeysWithValues: try FunctionName.allCases.map { function in
        let role = function.databaseRole.uppercased()
        let direct = ProcessInfo.processInfo.environment["BREATH_TEST_DIRECT_URL_\(role)"]
        return (
          function, try (direct ?? TestEnvironment.value("DATABASE_URL_\(role)")).replacing("@/breath?", with: database)
        )
      })
    authURL = urls[.auth] ?? ""
    try Superuser.connect().run(PostgresScript(trustedText: "CREATE DATABASE \(name)"))
    let migrated = try Breath(["migrate", "--sql", ScratchDatabase.sql.path], ["MIGRATE_DATABASE_URL": url])
    try #require(migrated.status == 0, "\(migrated.output)")
  }

  deinit {
    try? Superuser.connect().run(PostgresScript(trustedText: "DROP DATABASE IF EXISTS \(name) WITH (FORCE)"))
  }

  /// A function of the bundle on this database.
  func executable(_ function: FunctionName, _ changes: [String: String] = [:]) throws -> Executable {
    let own = ["DATABASE_URL": urls[function] ?? "", "DATABASE_POOLER": "none"]
    return try Executable(function, own.merging(changes) { $1 })
  }

  func connect() throws -> Connection {
    try Connection(PostgresConfiguration(url: url, applicationName: "breath-function-tests"))
  }

  static let sql = Repository.url("sql")
}

/// A run of the tool, to its end.
struct Breath {
  let status: Int32
  /// Both its result and its notes.
  let output: String

  /// - Parameter environment: all of it, but for PATH.
  init(_ arguments: [String], _ environment: [String: String]) throws {
    let command = try Command(
      try Fleet.program("breath"), arguments,
      environment: environment.merging(["PATH": try TestEnvironment.value("PATH")]) { $1 }, together: true)
    (status, output) = (command.status, command.output)
  }
}
