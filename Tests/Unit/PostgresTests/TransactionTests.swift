import Postgres
import Testing

/// Several pipelines in one transaction.
@Suite struct TransactionTests {
  @Test func `all pipelines see one snapshot when it was asked for`() throws {
    let (reader, writer) = (try Database.connect(), try Database.connect())
    _ = try writer.rows("CREATE TABLE transaction_snapshot (n int)")
    defer { _ = try? writer.rows("DROP TABLE transaction_snapshot") }
    let counts: [Int64] = try reader.transaction("BEGIN ISOLATION LEVEL REPEATABLE READ") { reader in
      let before: Int64 = try reader.rows("SELECT count(*) AS n FROM transaction_snapshot")[0]["n"]
      _ = try writer.rows("INSERT INTO transaction_snapshot VALUES (1)")
      let after: Int64 = try reader.rows("SELECT count(*) AS n FROM transaction_snapshot")[0]["n"]
      return [before, after]
    }
    #expect(counts == [0, 0])
    #expect(reader.isUsable)
  }

  @Test func `what is thrown inside takes everything back`() throws {
    struct Stop: Error {}
    let connection = try Database.connect()
    _ = try connection.rows("CREATE TABLE transaction_undone (n int)")
    defer { _ = try? Database.connect().rows("DROP TABLE transaction_undone") }
    #expect(throws: Stop.self) {
      try connection.transaction { connection in
        _ = try connection.rows("INSERT INTO transaction_undone VALUES (1)")
        throw Stop()
      }
    }
    #expect(!connection.isUsable)
    let left: Int64 = try Database.connect().rows("SELECT count(*) AS n FROM transaction_undone")[0]["n"]
    #expect(left == 0)
  }

  @Test func `a statement that fails inside takes everything back`() throws {
    let connection = try Database.connect()
    let error = #expect(throws: PostgresError.self) {
      try connection.transaction { connection in try connection.rows("SELECT 1 / 0") }
    }
    #expect(error?.sqlState == "22012" && !connection.isUsable)
  }

  @Test func `a pipeline after it is a transaction of its own again`() throws {
    let connection = try Database.connect()
    try connection.transaction { _ in }
    #expect(throws: PostgresError.self) { try connection.pipeline(["BEGIN"]) }
  }
}
