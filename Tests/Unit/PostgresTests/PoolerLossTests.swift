import Postgres
import Testing

/// PgBouncer tells a client whose session it ends one code, 08P01, whatever the reason. Here a server of our own says
/// what PgBouncer 1.18 says; `make test-pgbouncer` has the real one.
@Suite struct PoolerLossTests {
  /// What a pipeline ends in that is answered with this error.
  private func failure(fatal text: String) throws -> PostgresError {
    func message(_ tag: String, _ body: String) -> String {
      tag + "\0\0\0" + String(Unicode.Scalar(UInt8(body.utf8.count + 4))) + body
    }
    let greeting =
      message("R", "\0\0\0\0") + message("S", "server_version\0" + "15.0\0") + message("S", "in_hot_standby\0off\0")
      + message("S", "default_transaction_read_only\0off\0") + message("Z", "I")
    let pooler = try ScriptedServer(
      answers: [greeting, message("E", "SFATAL\0" + "C08P01\0M\(text)\0\0")])
    let connection = try Connection(
      Database.configuration(
        url: "postgresql://u@127.0.0.1:\(pooler.port)/db?sslmode=disable", usesTransactionPooler: true))
    return try #require(throws: PostgresError.self) { try connection.pipeline(["SELECT 1", "SELECT 2"]) }
  }

  @Test func `a server session that the pooler lost is a lost connection in doubt, not a full pool`() throws {
    let error = try failure(fatal: "server conn crashed?")
    #expect(error.kind == .connectionLost)
    #expect(error.isConnectionLost)
    #expect(error.isInDoubt, "the commit may have been reached")
    #expect(!error.isOverloaded)
  }

  @Test func `a queue that was too long is overload without doubt`() throws {
    let error = try failure(fatal: "query_wait_timeout")
    #expect(error.sqlState == "08P01")
    #expect(error.isOverloaded)
    #expect(!error.isConnectionLost)
    #expect(!error.isInDoubt, "nothing was sent on")
  }
}
