package import FunctionRuntime
import Postgres
import StrictJSON

/// What the handlers of one function share: its configuration, its one connection, and who may call.
///
/// Made on the first request, not at start: a function that is not configured must still answer each event, and the
/// platform waits for the acknowledgement without any database.
package final class Endpoint {
  private let environment: Environment
  private let function: FunctionName
  private var made: Services?

  package init(_ function: FunctionName, _ environment: Environment = .process) {
    self.function = function
    self.environment = environment
  }

  package func services() async throws -> Services {
    if let made { return made }
    let services = try await Services(environment, for: function)
    made = services
    return services
  }

  /// A route that anybody may call.
  package func open(_ handler: @escaping (Call) async throws -> Reply) -> Route.Handler {
    { [self] request, context in
      try await handler(Call(request: request, context: context, services: services()))
    }
  }

  /// A route for a device's access token, or also for an API key that was made for `scope`.
  ///
  /// What is left of the device's rate limit is told by the reply's headers.
  package func signedIn(for scope: Scope? = nil, _ handler: @escaping (SignedIn) async throws -> Reply) -> Route.Handler
  {
    open { call in
      let caller = try await call.services.authenticator.caller(of: call.request, for: scope)
      return try await SignedIn(call, caller).reply(handler)
    }
  }

  /// A route for administrators alone: 401 as for any other route, then 403 `admin_required`.
  package func administrator(_ handler: @escaping (SignedIn) async throws -> Reply) -> Route.Handler {
    open { call in
      let caller = try await call.services.authenticator.caller(of: call.request)
      let signedIn = SignedIn(call, caller, asAdministrator: true)
      guard caller.role == .admin else {
        try signedIn.read()
        throw Problem.adminRequired
      }
      return try await signedIn.reply(handler)
    }
  }
}

/// What the routes of one function share.
package final class Services {
  package let configuration: Configuration
  package let database: Database
  package let authenticator: Authenticator

  init(_ environment: Environment, for function: FunctionName) async throws {
    configuration = try Configuration(environment, for: function)
    database = Database(configuration.database)
    authenticator = try await Authenticator(configuration)
  }
}

extension Problem {
  package static let adminRequired = Problem.forbidden(
    code: "admin_required",
    detail: """
      This is for administrators. Sign in with password and second factor (POST /v1/auth/login) to an account that the \
      operator made an administrator's; it lasts eight hours.
      """)
}
