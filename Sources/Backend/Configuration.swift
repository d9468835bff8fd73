package import FunctionRuntime
package import Postgres

/// What a function is told from outside. It can read the variables that the list of functions gives it and no others
/// (`FunctionName.variables`), so the list and the code cannot differ.
package struct Configuration: Sendable {
  package enum Failure: Error, Sendable, CustomStringConvertible {
    case missing(Variable)
    case malformed(Variable)
    /// What is stored was sealed with another value.
    case replaced(Variable)

    package var description: String {
      switch self {
      case .missing(let variable): "\(variable.rawValue) is not set; see .env.example"
      case .malformed(let variable): "\(variable.rawValue) cannot be read; see .env.example for its form"
      case .replaced(let variable):
        "\(variable.rawValue) is not the one that sealed what is stored; put the old one back"
      }
    }
  }

  package let database: PostgresConfiguration
  package let issuer: String
  package let limits: RateLimits
  private let environment: Environment

  /// - Parameter function: PostgreSQL shows its name as the application's.
  init(_ environment: Environment, for function: FunctionName) throws(Failure) {
    let environment = environment.limited(to: function.variables)
    guard let url = environment[.databaseURL] else { throw .missing(.databaseURL) }
    database = PostgresConfiguration(
      url: url, caCertificate: environment[.databaseCACertificate],
      usesTransactionPooler: environment[.databasePooler] == "transaction",
      applicationName: "breath-\(function.rawValue)")
    issuer = environment[.issuer] ?? "breath-master-sync"
    limits = RateLimits(factor: environment[.rateLimitFactor].flatMap(Double.init) ?? 1)
    self.environment = environment
  }

  package func required(_ variable: Variable) throws(Failure) -> String {
    guard let value = environment[variable] else { throw .missing(variable) }
    return value
  }

  /// Nil for `none` too, which a deployer that wants a value for every variable is given.
  package func optional(_ variable: Variable) -> String? { environment[variable].flatMap { $0 == "none" ? nil : $0 } }
}
