import Foundation
import Postgres
import TestSupport
import Testing

/// Holds the lock of an account's row, as another push does while it works: a session of psql in an open transaction.
final class LockHolder {
  private let psql: Executable
  private let pid: Int32

  init(_ account: String) throws {
    psql = try Executable(
      "psql",
      arguments: ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", TestEnvironment.value("BREATH_TEST_DATABASE_URL")],
      ["PATH": TestEnvironment.value("PATH")])
    try psql.send("BEGIN;\nSELECT pg_backend_pid() FROM breath.accounts WHERE account_id = '\(account)' FOR UPDATE;\n")
    pid = try #require(psql.line().flatMap { Int32($0) }, "\(psql.log())")
  }

  func release() throws {
    try psql.send("ROLLBACK;\n\\echo released\n")
    #expect(try psql.line() == "released")
  }

  /// - Returns: the server process of who waits.
  func waitUntilSomebodyWaits() throws -> Int32 {
    let connection = try Superuser.connect()
    while true {
      let waiting = try connection.rows(
        "SELECT pid FROM pg_stat_activity WHERE \(pid) = ANY(pg_blocking_pids(pid)) LIMIT 1")
      if let row = waiting.first { return try row["pid"] }
      sched_yield()
    }
  }
}
