package import FunctionRuntime
package import Postgres

/// A request, and what answering it takes.
package struct Call {
  package let request: Request
  package let context: Context
  package let services: Services

  package var limits: RateLimits { services.configuration.limits }

  /// All of them in one round trip and one transaction; answers once it is committed.
  package func run<each Answer>(_ parts: repeat Pipeline<each Answer>) throws -> (repeat each Answer) {
    try services.database.run(in: context, repeat each parts)
  }

  /// As `run`, opened by a limit of the network's own. What any other limit refuses takes the pipeline back, and with it what
  /// the network was charged: it is charged again, alone. So nobody tries for nothing, and the price is a round trip of a call
  /// that failed.
  package func run<each Answer>(
    charging own: RateLimit, _ parts: repeat Pipeline<each Answer>
  ) throws -> (Admission, repeat each Answer) {
    let charge = own.admit(request.network)
    do {
      return try run(charge, repeat each parts)
    } catch let error as PostgresError {
      if error.sqlState == "BM429", !own.isNamed(in: error.constraint) { _ = try run(charge) }
      throw error
    }
  }
}
