import Backend
import FoundationEssentials
import FunctionRuntime
import Postgres
import StrictJSON

/// `POST /v1/auth/anonymous`: the way in without an account in the usual sense and without any personal data.
extension AuthEndpoint {
  /// Creates an anonymous account, or finds again the one this device already has: 201 the first time, then 200.
  func anonymous(_ call: Call) async throws -> Reply {
    let device = try Enrolment(try call.request.object(of: Enrolment.members))
    let session = UUID()
    let enrolment = Pipeline(
      """
      SELECT is_new, account, tenant, generation FROM breath.enrol_device(
        \(device.id.uuid), \(device.secretHash), \(UUID()), \(device.name), \(device.timeZone), \(session))
      """, row: { row in (isNew: try row["is_new"] as Bool, admitted: try Admitted(row, to: device.id)) })
    let (admission, enrolled, notices) = try call.run(
      charging: call.limits.enrolment, enrolment, device.question)
    return Reply(
      enrolled.isNew ? 201 : 200, json: try await grant(enrolled.admitted, session, call).noting(notices),
      headers: admission.headers)
  }
}
