package import FunctionRuntime
package import Postgres
import StrictJSON

/// The process's one connection: opened on first use, looked at before each use, reopened once when it died.
///
/// Not `Sendable`: a process serves one event at a time, and so does its connection.
package final class Database {
  private let configuration: PostgresConfiguration
  private var connection: Connection?

  init(_ configuration: PostgresConfiguration) { self.configuration = configuration }

  /// All of them in one round trip and one transaction; answers once it is committed.
  package func run<each Answer>(
    in context: Context, _ parts: repeat Pipeline<each Answer>
  ) throws -> (repeat each Answer) {
    let whole = Pipeline(joining: repeat each parts)
    return try whole.answer(try results(of: whole.statements, context))
  }

  /// Every pipeline that the bundle sends may run twice without harm, so what to retry is simple (docs/design/faults.md,
  /// "Retries"): a serialization failure or deadlock runs again (at most `attemptsMax` in all), a lost connection once
  /// on a new one, also when it was lost while the commit's outcome was on its way.
  private func results(of statements: [SQL], _ context: Context) throws(PostgresError) -> [ResultSet] {
    try context.measure("db") { () throws(PostgresError) in
      var attempt = 1
      while true {
        do throws(PostgresError) {
          let connection = try usableConnection(context)
          let results = try connection.pipeline(statements, deadline: context.deadline)
          for remark in connection.takeRemarks() { context.log(.warning, remark) }
          return results
        } catch {
          guard attempt < Database.attemptsMax, mayRunAgain(error, attempt), context.deadline > .now else {
            throw error
          }
          context.log(.warning, "running a pipeline again", ["sqlState": JSON(error.sqlState)])
          attempt += 1
        }
      }
    }
  }

  private static let attemptsMax = 3

  private func mayRunAgain(_ error: PostgresError, _ attempt: Int) -> Bool {
    error.isRetryable || (attempt == 1 && (error.isConnectionLost || error.isInDoubt))
  }

  private func usableConnection(_ context: Context) throws(PostgresError) -> Connection {
    if let connection, connection.isUsable { return connection }
    connection = nil
    let opened = try Connection(configuration, deadline: context.deadline)
    connection = opened
    return opened
  }
}
