package import FunctionRuntime
import Postgres
import StrictJSON

/// What the handlers of one function share: its configuration, its one connection, and who may call.
///
/// Made on the first request, not at start: a function that is not configured must still answer each event, and the
/// platform waits for the acknowledgement without any database.
package final class Endpoint {
  private let environment: Environment
  private let name: String
  private var made: Services?

  package init(name: String, _ environment: Environment = .process) {
    self.name = name
    self.environment = environment
  }

  func services() async throws -> Services {
    if let made { return made }
    let services = try await Services(environment, name: name)
    made = services
    return services
  }
}

final class Services {
  let configuration: Configuration
  let database: Database
  let authenticator: Authenticator

  init(_ environment: Environment, name: String) async throws {
    configuration = try Configuration(environment, name: name)
    database = Database(configuration.database)
    authenticator = try await Authenticator(configuration)
  }

  /// One flight on behalf of a signed-in device, its prologue included.
  /// - Parameters:
  ///   - locking: takes the account's row; a flight that writes must.
  ///   - opening: goes before everything, as `BEGIN` for a flight that ends in `ROLLBACK`.
  /// - Returns: the results of `statements` only, and the headers that tell the caller of the rate limit.
  func flight(
    for caller: Caller, locking: Bool, opening: SQL? = nil, _ statements: [SQL], _ context: Context
  ) throws(PostgresError) -> (results: [ResultSet], headers: [(String, String)]) {
    let limit = configuration.limits.device
    let opening = opening.map { [$0] } ?? []
    let prologue = caller.prologue(limit, locking: locking)
    do throws(PostgresError) {
      let results = try database.flight(opening + [prologue] + statements, context).dropFirst(opening.count)
      return (Array(results.dropFirst()), try limit.headers(results[opening.count]))
    } catch {
      if counts(error) { _ = try? database.flight([caller.charge(limit)], context) }
      throw error
    }
  }

  /// What was counted at the beginning of a flight is rolled back with it, so a call that took all the time there is, or
  /// that a limit of all refused, would count for nobody: it is counted afterwards, in a flight of its own.
  private func counts(_ error: PostgresError) -> Bool {
    switch error.sqlState {
    case "57014", "55P03": true
    case "BM429": error.constraint?.hasPrefix("\(configuration.limits.device.name) ") == false
    default: false
    }
  }

  /// One flight that reads for whoever may see a view.
  func flight(
    for asker: Asker, _ statement: SQL, _ context: Context
  ) throws(PostgresError) -> (result: ResultSet, headers: [(String, String)]) {
    let limit = configuration.limits.device
    let results = try database.flight([asker.prologue(limit), statement], context)
    return (results[1], try limit.headers(results[0]))
  }
}
