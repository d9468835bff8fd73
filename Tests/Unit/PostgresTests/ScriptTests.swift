import Postgres
import Testing

@Suite struct ScriptTests {
  @Test func `a script runs many statements in one round trip`() throws {
    let connection = try Database.connect()
    try connection.run(
      PostgresScript(trustedText: "CREATE TEMP TABLE t (n int);\nINSERT INTO t VALUES (1), (2);\nSELECT * FROM t;"))
    #expect(connection.roundTrips == 1)
    #expect(try connection.value("SELECT count(*) AS value FROM t") == 2)
  }

  @Test func `a script that fails leaves nothing and tells the line, in the server's words`() throws {
    let connection = try Database.connect()
    let error = #expect(throws: PostgresError.self) {
      try connection.run(PostgresScript(trustedText: "CREATE TEMP TABLE t (n int);\n-- é 🫁\nSELECT nothing;"))
    }
    #expect(error?.message == #"server 42703, line 3, column "nothing" does not exist"#)
    #expect(connection.isUsable)
    #expect(try connection.value("SELECT to_regclass('pg_temp.t') IS NULL AS value") == true)
  }

  /// A migration reads what people stored, and PostgreSQL quotes it where it cannot be read.
  @Test func `the words of a data exception, which quote values, are left out`() throws {
    let connection = try Database.connect()
    let error = #expect(throws: PostgresError.self) {
      try connection.run(PostgresScript(trustedText: "SELECT t::int FROM (VALUES ('a secret')) AS v (t);"))
    }
    #expect(error?.message == "server 22P02")
  }

  @Test func `a script that leaves its transaction open closes the connection`() throws {
    for text in ["BEGIN; SELECT 1;", "BEGIN; SELECT nothing;"] {
      let connection = try Database.connect()
      #expect(throws: PostgresError.self) { try connection.run(PostgresScript(trustedText: text)) }
      #expect(!connection.isUsable)
    }
  }

  @Test func `a script with a NUL is refused`() throws {
    let connection = try Database.connect()
    #expect(kind { try connection.run(PostgresScript(trustedText: "SELECT 1;\0 SELECT 2")) } == .nulInText)
    #expect(connection.isUsable)
  }

  @Test func `a script on a session that was ended tells that it was lost`() throws {
    let connection = try Database.connect()
    let error = #expect(throws: PostgresError.self) {
      try connection.run(PostgresScript(trustedText: "SELECT pg_terminate_backend(pg_backend_pid())"))
    }
    #expect(error?.isConnectionLost == true)
    #expect(!connection.isUsable)
    #expect(kind { try connection.run(PostgresScript(trustedText: "SELECT 1")) } == .connectionClosed)
  }
}
