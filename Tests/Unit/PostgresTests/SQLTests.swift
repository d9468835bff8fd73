import Postgres
import Testing

@Suite struct SQLTests {
  @Test func `interpolation binds and never splices`() throws {
    let hostile = "'; DROP TABLE accounts; --"
    let sql: SQL = "SELECT \(hostile) AS value, \(raw: "1 + 1") AS sum"
    #expect(sql.text == "SELECT $1 AS value, 1 + 1 AS sum")
    #expect(try Database.connect().value(sql) == hostile)
  }

  @Test func `embedded statements count their parameters on`() throws {
    let inner: SQL = "\(2) * \(3) + \("é".count)"
    let outer: SQL =
      "SELECT 'ñ' || \("a") AS text, \(inner) + \(inner) AS value, \("z") AS last, \(raw: "'$'") AS dollar"
    #expect(
      outer.text
        == "SELECT 'ñ' || $1 AS text, $2 * $3 + $4 + $5 * $6 + $7 AS value, $8 AS last, '$' AS dollar")
    let row = try #require(Database.connect().rows(outer).first)
    #expect(try row["text"] == "ña")
    #expect(try row["value"] == 14)
    #expect(try row["last"] == "z")
  }

  @Test func `more than nine embedded parameters keep their places`() throws {
    let inner = (1...12).reduce("0" as SQL) { "\($0) + \($1)" }
    let sql: SQL = "SELECT \(inner) + \(100) AS value"
    #expect(sql.text.hasSuffix("$12 + $13 AS value"))
    #expect(try Database.connect().value(sql) == 178)
  }

  @Test func `NULL keeps the type of the value it stands for`() throws {
    let connection = try Database.connect()
    #expect(try connection.value("SELECT pg_typeof(\(Int?.none))::text AS value") == "bigint")
    #expect(try connection.value("SELECT pg_typeof(\([String]?.none))::text AS value") == "text[]")
    #expect(try connection.value("SELECT \(PostgresDate?.none) IS NULL AS value") == true)
  }

  @Test(
    arguments: [
      "SELECT \("a\0b") AS value", "SELECT \(["a", "b\0"]) AS value", "SELECT \([nil, "\0"] as [String?]) AS value",
      "SELECT \("a\0b" as SQL) AS value", "SELECT 1 \0 AS value", "SELECT \("1 + \("\0")" as SQL) AS value",
    ] as [SQL])
  func `a NUL in text is refused before anything is sent`(sql: SQL) throws {
    let connection = try Database.connect()
    let error = #expect(throws: PostgresError.self) { try connection.pipeline(["SELECT 1", sql]) }
    #expect(error?.kind == .nulInText)
    #expect(error?.sqlState == nil)
    #expect(connection.roundTrips == 0)
    #expect(connection.isUsable)
  }

  @Test func `a NUL byte is welcome in bytea`() throws {
    #expect(try Database.connect().value("SELECT \([0, 1, 0] as [UInt8]) AS value") == [0, 1, 0] as [UInt8])
  }

  @Test func `as many parameters as the protocol counts are sent and one more is refused`() throws {
    let connection = try Database.connect(usesTransactionPooler: true)
    func count(_ parameters: Int) throws -> Int {
      var sql: SQL = "VALUES (\(Int16(0)))"
      // Doubling embeds two halves: quick to build, and it renumbers a lot.
      var tail: SQL = ", (\(Int16(1)))"
      var left = parameters - 1
      while left > 0 {
        if left & 1 == 1 { sql = "\(sql)\(tail)" }
        tail = "\(tail)\(tail)"
        left >>= 1
      }
      return try connection.rows(sql).count
    }
    #expect(try count(65_535) == 65_535)
    let error = #expect(throws: PostgresError.self) { try count(65_536) }
    #expect(error?.kind == .tooManyParameters)
    #expect(connection.isUsable)
  }

  @Test func `a statement with too many bytes is refused`() throws {
    let connection = try Database.connect()
    let error = #expect(throws: PostgresError.self) {
      try connection.rows("SELECT \([UInt8](repeating: 7, count: 64 * 1024 * 1024)) AS value")
    }
    #expect(error?.kind == .statementTooLarge)
    #expect(connection.isUsable)
  }
}
