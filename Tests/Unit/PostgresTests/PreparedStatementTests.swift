import Postgres
import Testing

@Suite struct PreparedStatementTests {
  private func prepared(_ connection: Connection) throws -> [String] {
    try connection.rows("SELECT statement FROM pg_prepared_statements WHERE name LIKE 'breath%' ORDER BY prepare_time")
      .map { row throws(PostgresError) in try row["statement"] }
  }

  @Test func `a statement is prepared once however often it is used`() throws {
    let connection = try Database.connect()
    for number in 1...3 {
      let sums = try connection.pipeline(["SELECT \(number) + \(1) AS sum", "SELECT \(number) + \(2) AS sum"])
      #expect(try sums.map { results throws(PostgresError) in try results[0]["sum"] } == [number + 1, number + 2])
    }
    #expect(try prepared(connection).first == "SELECT $1 + $2 AS sum")
    #expect(try prepared(connection).count == 2)
  }

  @Test func `one text with other types is another statement`() throws {
    let connection = try Database.connect()
    #expect(try connection.value("SELECT \(1) AS value") == 1)
    #expect(try connection.value("SELECT \("one") AS value") == "one")
    #expect(try prepared(connection).count == 3)
  }

  @Test func `behind a pooler nothing is prepared`() throws {
    let connection = try Database.connect(usesTransactionPooler: true)
    for number in 1...3 { #expect(try connection.value("SELECT \(number) AS value") == number) }
    #expect(try prepared(connection).isEmpty)
  }

  @Test func `a statement skipped after an error is prepared when it is next used`() throws {
    let connection = try Database.connect()
    #expect(throws: PostgresError.self) { try connection.pipeline(["SELECT 1 / \(0)", "SELECT \(2) AS value"]) }
    #expect(try connection.value("SELECT \(2) AS value") == 2)
    #expect(try prepared(connection).prefix(2) == ["SELECT 1 / $1", "SELECT $1 AS value"])
  }

  @Test func `a statement that cannot be prepared is tried again`() throws {
    let connection = try Database.connect()
    let statement: SQL = "SELECT n AS value FROM pg_temp.numbers"
    #expect(throws: PostgresError.self) { try connection.rows(statement) }
    _ = try connection.rows("CREATE TEMP TABLE numbers AS SELECT 7 AS n")
    #expect(try connection.value(statement) == 7)
  }

  @Test func `a plan that no longer fits its table closes the connection`() throws {
    let connection = try Database.connect()
    _ = try connection.rows("CREATE TEMP TABLE numbers AS SELECT 7 AS n")
    _ = try connection.rows("SELECT * FROM numbers")
    _ = try connection.rows("ALTER TABLE numbers ADD COLUMN m int")
    let error = #expect(throws: PostgresError.self) { try connection.rows("SELECT * FROM numbers") }
    #expect(error?.kind == .stalePlan)
    #expect(error?.isConnectionLost == true)
    #expect(error?.isInDoubt == false)
    #expect(!connection.isUsable)
  }

  @Test func `statements that the server forgot close the connection`() throws {
    let connection = try Database.connect()
    _ = try connection.rows("SELECT 1")
    try connection.run(PostgresScript(trustedText: "DEALLOCATE ALL"))
    #expect(kind { try connection.rows("SELECT 1") } == .stalePlan)
    #expect(!connection.isUsable)
  }
}
