import FoundationEssentials
import FunctionRuntime
import Postgres
import StrictJSON

/// `POST /v1/auth/anonymous`: the way in without an account in the usual sense and without any personal data.
extension AuthEndpoint {
  /// Creates an anonymous account, or finds again the one this device already has: 201 the first time, then 200.
  func anonymous(_ request: Request, _ context: Context) async throws -> Reply {
    let services = try await endpoint.services()
    let body = try request.object(of: Enrolment.members)
    let device = try Enrolment(body)
    let session = UUID()
    let limit = services.configuration.limits.enrolment
    let results = try services.database.pipeline(
      [
        limit.admit(request.network),
        """
        SELECT is_new, account, tenant, generation FROM breath.enrol_device(
          \(device.id.uuid), \(device.secretHash), \(UUID()), \(device.name), \(device.timeZone), \(session))
        """, device.question,
      ], context)
    let row = try results[1].only
    let isNew: Bool = try row["is_new"]
    let granted = try await grant(row, to: device.id, session, services, context)
    return Reply(
      isNew ? 201 : 200, json: granted.noting(try device.notices(results)),
      headers: try limit.headers(results[0]))
  }
}
