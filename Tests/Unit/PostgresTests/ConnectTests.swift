import Foundation
import Postgres
import Testing

@Suite struct ConnectTests {
  private func failure(_ configuration: PostgresConfiguration, deadline: ContinuousClock.Instant? = nil) throws
    -> PostgresError
  {
    try #require(throws: PostgresError.self) { try Connection(configuration, deadline: deadline) }
  }

  @Test func `a wrong password is refused without showing it`() throws {
    let error = try failure(Database.configuration(url: Database.url("password=sentinel-wrong")))
    #expect(error.sqlState == "28P01")
    #expect(!error.isConnectionLost)
    #expect("\(error) \(String(reflecting: error))".contains("sentinel") == false)
  }

  @Test func `an unknown database is told by its code`() throws {
    #expect(try failure(Database.configuration(url: Database.url("dbname=breath_nowhere"))).sqlState == "3D000")
  }

  @Test func `a server that does not listen is unreachable`() throws {
    let deaf = try DeafPort()
    for place in ["/nonexistent:5432", "nowhere.invalid:5432", "127.0.0.1:\(deaf.number)"] {
      let parts = place.split(separator: ":")
      let url = try Database.url("host=\(parts[0])", "port=\(parts[1])")
      let error = try failure(Database.configuration(url: url))
      #expect(error.kind == .unreachable)
      #expect(error.isConnectionLost)
      #expect(!error.isInDoubt)
    }
  }

  @Test(arguments: ["not a url", "postgresql://[", "postgresql://u:sentinel@h/db?nonsense=sentinel", "host=a\0b"])
  func `a URL that is none is refused without showing it`(url: String) throws {
    let error = try failure(Database.configuration(url: url))
    #expect(error.kind == .malformedURL)
    #expect("\(error)" == "malformedURL")
  }

  @Test func `an option that libpq refuses fails without a wait`() throws {
    #expect(try failure(Database.configuration(url: Database.url("sslmode=nonsense"))).kind == .connectFailed)
  }

  @Test func `connecting ends at the deadline`() throws {
    let server = try ScriptedServer(answers: [""])  // answers nothing, and keeps the connection
    let url = try Database.url("host=127.0.0.1", "port=\(server.port)", "sslmode=disable")
    let past = try failure(Database.configuration(url: url), deadline: .now - .seconds(1))
    #expect(past.kind == .deadlineExpired)
    #expect(!past.isInDoubt)
  }

  @Test func `a server that only reads is not connected to`() throws {
    let error = try failure(
      Database.configuration(url: Database.url("options=-c%20default_transaction_read_only%3Don")))
    #expect(error.kind == .readOnlyServer)
    #expect(error.isConnectionLost)
  }

  @Test func `the session is set up as the rules say`() throws {
    let row = try #require(
      Database.connect().rows(
        """
        SELECT current_setting('client_encoding') AS encoding, current_setting('application_name') AS name
        """
      ).first)
    #expect(try row["encoding"] == "UTF8")
    #expect(try row["name"] == "breath-tests")
  }

  @Test func `the configuration does not print its URL`() throws {
    let configuration = PostgresConfiguration(url: "postgresql://u:sentinel@h/d", applicationName: "sync")
    var dumped = ""
    dump(configuration, to: &dumped)
    #expect("\(configuration)" == "PostgresConfiguration(applicationName: sync)")
    #expect(!"\(configuration) \(String(reflecting: configuration)) \(dumped)".contains("sentinel"))
  }

  @Test func `a closed connection is not usable`() throws {
    let connection = try Database.connect()
    connection.close()
    #expect(!connection.isUsable)
  }

  @Test(
    arguments: [
      ("connection to server at \"10.0.0.1\", port 5432 failed: FATAL:  28P01\n", .server, "28P01"),
      ("a failed: Connection refused\nb failed: FATAL:  57P03\n", .server, "57P03"),
      ("failed: ERROR:  25006\n", .readOnlyServer, "25006"),
      ("failed: session is read-only\n", .readOnlyServer, nil),
      ("failed: server is in hot standby mode\n", .readOnlyServer, nil),
      ("failed: could not translate host name \"h\" to address", .unreachable, nil),
      ("failed: server closed the connection unexpectedly", .unreachable, nil),
      ("failed: SSL error: certificate verify failed", .tlsFailed, nil),
      ("something new", .connectFailed, nil),
    ] as [(String, PostgresError.Kind, String?)])
  func `libpq's words are sorted into kinds`(text: String, kind: PostgresError.Kind, sqlState: String?) {
    let error = PostgresError(libpqMessage: text)
    #expect(error.kind == kind)
    #expect(error.sqlState == sqlState)
  }
}
