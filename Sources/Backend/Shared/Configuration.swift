import FunctionRuntime
import Postgres

/// What a function is told from outside, by name of the variable. Nothing else of the environment is read.
struct Configuration: Sendable {
  enum Failure: Error, Sendable, CustomStringConvertible {
    case missing(String)
    case malformed(String)
    /// What is stored was sealed with another value.
    case replaced(String)

    var description: String {
      switch self {
      case .missing(let name): "\(name) is not set; see .env.example"
      case .malformed(let name): "\(name) cannot be read; see .env.example for its form"
      case .replaced(let name): "\(name) is not the one that sealed what is stored; put the old one back"
      }
    }
  }

  let database: PostgresConfiguration
  let issuer: String
  let limits: RateLimits
  let environment: Environment

  /// - Parameter name: of the function; PostgreSQL shows it as the application's name.
  init(_ environment: Environment, name: String) throws(Failure) {
    guard let url = environment["DATABASE_URL"] else { throw .missing("DATABASE_URL") }
    database = PostgresConfiguration(
      url: url, caCertificate: environment["DATABASE_CA_CERT"],
      usesTransactionPooler: environment["DATABASE_POOLER"] == "transaction",
      applicationName: "breath-\(name)")
    issuer = environment["BREATH_ISSUER"] ?? "breath-master-sync"
    limits = RateLimits(factor: environment["BREATH_RATE_LIMIT_FACTOR"].flatMap(Double.init) ?? 1)
    self.environment = environment
  }

  func required(_ name: String) throws(Failure) -> String {
    guard let value = environment[name] else { throw .missing(name) }
    return value
  }
}
