import FoundationEssentials
import FunctionRuntime
import Postgres
import StrictJSON

/// `GET /v1/admin/session`: whether this sign-in may do what is for administrators, and since when its account may.
extension AdminEndpoint {
  func session(_ request: Request, _ context: Context) async throws -> Reply {
    let services = try await endpoint.services()
    let administrator = try await administrator(of: request, services, context)
    return Reply(
      200, json: ["role": .string(Role.admin.rawValue), "since": JSON(administrator.since)],
      headers: administrator.headers)
  }

  /// For every route that is an administrator's alone. Asked of the database each time, so that who is removed, or turns
  /// the second factor off, is none with the next request, whatever the token says.
  ///
  /// - Throws: 401 as for any other route, then 403 `admin_required`.
  private func administrator(
    of request: Request, _ services: Services, _ context: Context
  ) async throws -> (since: Date, headers: [(String, String)]) {
    let caller = try await services.authenticator.caller(of: request)
    guard case .token(let generation, let role) = caller.proof else { throw Problem.adminRequired }
    let limit = services.configuration.limits.device
    let results = try services.database.flight(
      [
        """
        SELECT remaining, reset_ms, admin_since FROM breath.begin_admin_request(
          \(caller.account.uuid), \(caller.device.uuid), \(generation), \(limit.key(caller.device.uuid.lowercased)),
          \(limit.intervalMs), \(Int32(limit.burst)))
        """
      ], context)
    guard role == .admin, let since: Date = try results[0].only["admin_since"] else { throw Problem.adminRequired }
    return (since, try limit.headers(results[0]))
  }
}

extension Problem {
  fileprivate static let adminRequired = Problem.forbidden(
    code: "admin_required",
    detail: """
      This is for administrators. Sign in with password and second factor (POST /v1/auth/login) to an account that the \
      operator made an administrator's; it lasts eight hours.
      """)
}
