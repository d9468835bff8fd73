import Postgres
import Testing

/// What is told when the server or the way to it is gone, and what that leaves behind.
@Suite struct LostConnectionTests {
  private static func port() throws -> UInt16 {
    UInt16(try Database.connect().value("SELECT current_setting('port')::int AS value") as Int32)
  }

  private func connect(through proxy: Proxy) throws -> Connection {
    try Connection(Database.configuration(url: Database.url("host=127.0.0.1", "port=\(proxy.port)", "sslmode=disable")))
  }

  private func terminate(_ victim: Connection) throws {
    let pid: Int32 = try victim.value("SELECT pg_backend_pid() AS value")
    #expect(try Database.connect().value("SELECT pg_terminate_backend(\(pid), \(30_000)) AS value") == true)
  }

  @Test func `a session that was ended is noticed before it is used`() throws {
    let connection = try Database.connect()
    #expect(connection.isUsable)
    try terminate(connection)
    #expect(!connection.isUsable)
  }

  @Test(arguments: [false, true])
  func `a session that was ended is told as lost when it is used`(big: Bool) throws {
    let connection = try Database.connect()
    try terminate(connection)
    // More than the socket takes at once: writing to a closed socket must not kill the process either.
    let value = String(repeating: "x", count: big ? 10 * 1024 * 1024 : 1)
    let error = #expect(throws: PostgresError.self) { try connection.pipeline(["SELECT \(value)", "SELECT 1"]) }
    #expect(error?.isConnectionLost == true)
    #expect(error?.isRetryable == false)
    #expect(!connection.isUsable)
    #expect(kind { try connection.rows("SELECT 1") } == .connectionClosed)
  }

  @Test func `a session ended by its own statement is rolled back, not in doubt`() throws {
    let connection = try Database.connect()
    let error = #expect(throws: PostgresError.self) {
      try connection.pipeline(["SELECT pg_terminate_backend(pg_backend_pid())", "SELECT 1"])
    }
    #expect(error?.isConnectionLost == true)
    #expect(error?.sqlState == "57P01")
    #expect(error?.isInDoubt == false)
  }

  @Test func `a session ended during the commit is in doubt`() throws {
    let connection = try Database.connect()
    try connection.run(
      PostgresScript(
        trustedText: """
          CREATE TEMP TABLE notes (id int8);
          CREATE FUNCTION pg_temp.die() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
          CREATE CONSTRAINT TRIGGER late AFTER INSERT ON notes DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION pg_temp.die();
          """))
    let error = #expect(throws: PostgresError.self) { try connection.rows("INSERT INTO notes VALUES (1)") }
    #expect(error?.isConnectionLost == true)
    #expect(error?.isInDoubt == true)
    #expect(error?.message.contains("outcome unknown") == true)
  }

  @Test func `a reply lost after the commit is in doubt, and the work is stored`() throws {
    let witness = try Database.connect()
    _ = try witness.rows("DROP TABLE IF EXISTS breath_lost_reply")
    _ = try witness.rows("CREATE TABLE breath_lost_reply (id int8)")
    let proxy = try Proxy(to: Self.port())
    let connection = try connect(through: proxy)
    proxy.set(.loseReply)
    let error = #expect(throws: PostgresError.self) { try connection.rows("INSERT INTO breath_lost_reply VALUES (1)") }
    #expect(error?.kind == .connectionLost)
    #expect(error?.isConnectionLost == true)
    #expect(error?.isInDoubt == true)
    #expect(!connection.isUsable)
    #expect(try witness.value("SELECT count(*) AS value FROM breath_lost_reply") == 1)
    _ = try witness.rows("DROP TABLE breath_lost_reply")
  }

  @Test func `a request lost on the way is in doubt, and nothing is stored`() throws {
    let witness = try Database.connect()
    _ = try witness.rows("DROP TABLE IF EXISTS breath_lost_request")
    _ = try witness.rows("CREATE TABLE breath_lost_request (id int8)")
    let proxy = try Proxy(to: Self.port())
    let connection = try connect(through: proxy)
    proxy.set(.loseRequest)
    let error = #expect(throws: PostgresError.self) {
      try connection.rows("INSERT INTO breath_lost_request VALUES (1)")
    }
    #expect(error?.kind == .connectionLost)
    #expect(error?.isInDoubt == true)
    #expect(try witness.value("SELECT count(*) AS value FROM breath_lost_request") == 0)
    _ = try witness.rows("DROP TABLE breath_lost_request")
  }

  @Test func `a script whose reply is lost is in doubt`() throws {
    let proxy = try Proxy(to: Self.port())
    let connection = try connect(through: proxy)
    proxy.set(.loseReply)
    let error = #expect(throws: PostgresError.self) { try connection.run(PostgresScript(trustedText: "SELECT 1")) }
    #expect(error?.isInDoubt == true)
    #expect(error?.isConnectionLost == true)
  }

  @Test func `a deadline ends the wait, closes the connection and leaves doubt`() throws {
    let connection = try Database.connect()
    let error = #expect(throws: PostgresError.self) {
      try connection.rows("SELECT pg_sleep(20)", deadline: .now + .milliseconds(100))
    }
    #expect(error?.kind == .deadlineExpired)
    #expect(error?.isInDoubt == true)
    #expect(error?.isConnectionLost == false)
    #expect(!connection.isUsable)
  }

  @Test func `a deadline also ends a reply that trickles in`() throws {
    let proxy = try Proxy(to: Self.port())
    let connection = try connect(through: proxy)
    proxy.set(.trickle)
    let error = #expect(throws: PostgresError.self) {
      try connection.rows("SELECT repeat('x', 100000000)", deadline: .now + .milliseconds(200))
    }
    #expect(error?.kind == .deadlineExpired)
    #expect(error?.isInDoubt == true)
  }

  @Test func `a deadline before all was sent leaves no doubt`() throws {
    let proxy = try Proxy(to: Self.port())
    let connection = try connect(through: proxy)
    proxy.set(.stall)
    let error = #expect(throws: PostgresError.self) {
      try connection.rows(
        "SELECT \([UInt8](repeating: 1, count: 40 * 1024 * 1024))", deadline: .now + .milliseconds(300))
    }
    #expect(error?.kind == .deadlineExpired)
    #expect(error?.isInDoubt == false)
    #expect(!connection.isUsable)
  }

  @Test func `a deadline that has passed refuses before anything is sent`() throws {
    let connection = try Database.connect()
    #expect(kind { try connection.rows("SELECT 1", deadline: .now - .seconds(1)) } == .deadlineExpired)
    #expect(connection.roundTrips == 0)
    #expect(connection.isUsable)
    #expect(try connection.rows("SELECT 1", deadline: .now + .seconds(60 * 60 * 24 * 365 * 1000)).count == 1)
    #expect(try connection.rows("SELECT 1", deadline: .now + .seconds(Int64.max / 1_000_000)).count == 1)
  }

  @Test(arguments: [
    ("40001", true, false, false), ("40P01", true, false, false), ("08006", false, true, false),
    ("57P01", false, true, false), ("57P02", false, true, false), ("57P03", false, true, false),
    ("25006", false, true, false), ("08P01", false, false, true), ("53300", false, false, true),
    ("23505", false, false, false), ("57014", false, false, false),
  ])
  func `a SQLSTATE says what to do`(code: String, retryable: Bool, lost: Bool, overloaded: Bool) throws {
    let error = try #require(throws: PostgresError.self) {
      try Database.connect().run(PostgresScript(trustedText: "DO $$ BEGIN RAISE USING ERRCODE = '\(code)'; END $$"))
    }
    #expect(error.sqlState == code)
    #expect(error.isRetryable == retryable)
    #expect(error.isConnectionLost == lost)
    #expect(error.isOverloaded == overloaded)
  }
}
