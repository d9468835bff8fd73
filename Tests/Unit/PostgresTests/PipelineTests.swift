import Postgres
import Testing

@Suite struct PipelineTests {
  @Test func `statements of a pipeline see one another and cost one round trip`() throws {
    let connection = try Database.connect()
    let results = try connection.pipeline([
      "CREATE TEMP TABLE notes (id int8 PRIMARY KEY, body text)",
      "INSERT INTO notes (id, body) SELECT * FROM unnest(\([1, 2, 3]), \(["a", nil, "c"]))",
      "SELECT id, body FROM notes ORDER BY id",
    ])
    #expect(connection.roundTrips == 1)
    #expect(results.map(\.count) == [0, 0, 3])
    #expect(results.map(\.affected) == [0, 3, 3])
    #expect(results[2].columns == ["id", "body"])
    #expect(try results[2].map { row throws(PostgresError) -> String? in try row["body"] } == ["a", nil, "c"])
    #expect(try results[2].map { row throws(PostgresError) -> Int in try row["id"] } == [1, 2, 3])
    #expect(connection.isUsable)
  }

  @Test func `what our own SQL remarks is kept once, and what the server says is not`() throws {
    let connection = try Database.connect()
    let remark: SQL = """
      DO $$ BEGIN
        FOR i IN 1 .. 3 LOOP RAISE WARNING 'a remark' USING ERRCODE = 'BM100'; END LOOP;
        RAISE WARNING 'the server''s own';
      END $$
      """
    _ = try connection.pipeline([remark, remark])
    #expect(connection.takeRemarks() == ["a remark"] && connection.takeRemarks().isEmpty)
    #expect(connection.isUsable)
  }

  @Test func `an empty pipeline costs nothing and an empty statement gives no rows`() throws {
    let connection = try Database.connect()
    #expect(try connection.pipeline([]).isEmpty)
    #expect(connection.roundTrips == 0)
    #expect(try connection.rows("").isEmpty)
  }

  @Test(arguments: [false, true])
  func `a failing statement rolls back those before it and leaves the connection usable`(pooled: Bool) throws {
    let connection = try Database.connect(usesTransactionPooler: pooled)
    _ = try connection.rows("CREATE TEMP TABLE notes (id int8 CONSTRAINT notes_key PRIMARY KEY)")
    let error = #expect(throws: PostgresError.self) {
      try connection.pipeline([
        "INSERT INTO notes (id) VALUES (\(1))",
        "INSERT INTO notes (id) SELECT \(1) FROM notes",
        "INSERT INTO notes (id) VALUES (\(2))",
      ])
    }
    #expect(error?.kind == .server)
    #expect(error?.sqlState == "23505")
    #expect(error?.constraint == "notes_key")
    #expect(error?.statement == "INSERT INTO notes (id) SELECT $1 FROM notes")
    #expect(error?.isInDoubt == false)
    #expect(connection.isUsable)
    #expect(try connection.rows("SELECT id FROM notes").isEmpty)
  }

  @Test func `a constraint that waits for the commit fails at Sync and is not in doubt`() throws {
    let connection = try Database.connect()
    _ = try connection.rows("CREATE TEMP TABLE notes (id int8 CONSTRAINT late UNIQUE DEFERRABLE INITIALLY DEFERRED)")
    let error = #expect(throws: PostgresError.self) {
      try connection.pipeline(["INSERT INTO notes VALUES (1)", "INSERT INTO notes VALUES (1)"])
    }
    #expect(error?.sqlState == "23505")
    #expect(error?.constraint == "late")
    #expect(error?.statement == nil)
    #expect(error?.isInDoubt == false)
    #expect(connection.isUsable)
    #expect(try connection.rows("SELECT id FROM notes").isEmpty)
  }

  @Test func `an error shows neither the value nor the server's words`() throws {
    let connection = try Database.connect()
    for statement in [
      "SELECT \("sentinel-value")::int8", "SELECT pg_temp.nothing(\("sentinel-value"))",
      "DO $$ BEGIN RAISE EXCEPTION 'sentinel-value'; END $$",
    ] as [SQL] {
      let error = #expect(throws: PostgresError.self) { try connection.rows(statement) }
      #expect(error?.detail == nil)
      #expect(error?.message.contains("sentinel") == false)
      #expect(error?.description == "server \(error?.sqlState ?? ""), in: \(statement.text)")
    }
  }

  @Test func `a column that refuses NULL is named`() throws {
    let connection = try Database.connect()
    _ = try connection.rows("CREATE TEMP TABLE notes (body text NOT NULL)")
    let error = #expect(throws: PostgresError.self) {
      try connection.rows("INSERT INTO notes VALUES (\(String?.none))")
    }
    #expect(error?.message == "server 23502, column body")
  }

  @Test func `what our own functions raise is told`() throws {
    let error = #expect(throws: PostgresError.self) {
      try Database.connect().run(
        PostgresScript(trustedText: "DO $$ BEGIN RAISE EXCEPTION 'clock is ahead' USING ERRCODE = 'BM001'; END $$"))
    }
    #expect(error?.detail == "clock is ahead")
    #expect(error?.message == "server BM001, clock is ahead")
  }

  @Test func `a transaction left open closes the connection`() throws {
    let connection = try Database.connect()
    #expect(kind { try connection.pipeline(["BEGIN", "SELECT 1"]) } == .transactionLeftOpen)
    #expect(!connection.isUsable)
    #expect(kind { try connection.rows("SELECT 1") } == .connectionClosed)
  }

  @Test func `COPY is refused and closes the connection`() throws {
    for copy in ["COPY (SELECT 1) TO STDOUT", "CREATE TEMP TABLE t (n int); COPY t FROM STDIN"] {
      let connection = try Database.connect()
      #expect(kind { try connection.run(PostgresScript(trustedText: copy)) } == .unsupportedReply)
      #expect(!connection.isUsable)
    }
    let connection = try Database.connect()
    #expect(throws: PostgresError.self) { try connection.rows("COPY (SELECT 1) TO STDOUT") }
    #expect(!connection.isUsable)
  }

  @Test func `notices stay silent and do not disturb the connection`() throws {
    let connection = try Database.connect()
    _ = try connection.rows("DROP TABLE IF EXISTS pg_temp.breath_nothing")
    #expect(connection.isUsable)
  }
}
