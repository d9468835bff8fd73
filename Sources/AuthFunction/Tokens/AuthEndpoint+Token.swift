import Backend
import FoundationEssentials
import FunctionRuntime
import Postgres
import StrictJSON

/// `POST /v1/auth/token` (RFC 6749, section 6): a refresh token, or the device code of a grant (RFC 8628), for the next
/// access token. Form or JSON.
extension AuthEndpoint {
  func token(_ call: Call) async throws -> Reply {
    let issuer = try await issuer(call.services)
    let parameters: [String: String]
    do { parameters = try call.request.oauthParameters } catch let error as OAuthParameter.Wrong {
      return .oauth("invalid_request", error.detail)
    }
    guard let grantType = parameters["grant_type"] else {
      return .oauth("invalid_request", "grant_type is missing.")
    }
    if grantType == DeviceGrant.grantType { return try await poll(parameters, call) }
    guard grantType == "refresh_token" else {
      return .oauth(
        "unsupported_grant_type", "grant_type must be refresh_token or \(DeviceGrant.grantType).")
    }
    guard let text = parameters["refresh_token"] else {
      return .oauth("invalid_request", "refresh_token is missing.")
    }
    guard let refresh = RefreshToken(text, issuer.refreshKey) else { return .invalidGrant }
    return try await rotate(refresh, call)
  }

  private func rotate(_ refresh: RefreshToken, _ call: Call) async throws -> Reply {
    let (admission, rotation, role) = try call.run(
      call.limits.refresh.admit(refresh.session.lowercased), refresh.rotating(call.context.requestID),
      Pipeline("SELECT breath.session_role(\(refresh.session)) AS role", row: { row in try Role(row) }))
    switch rotation {
    case .current(var admitted, let counter):
      admitted.role = role
      let json = try await grant(admitted, refresh.session, counter: counter, call)
      return Reply(200, json: json.withOAuthNames, headers: admission.headers + [("Pragma", "no-cache")])
    case .refused(let outcome):
      call.context.log(.warning, "refresh refused", ["outcome": .string(outcome.rawValue)])
      return .invalidGrant
    }
  }
}

/// What was judged of a refresh token (`breath.rotate_refresh`).
package enum RefreshOutcome: String, CaseIterable, PostgresDecodable {
  case current, reused, expired, ended
}

private enum Rotation {
  /// The counter is that of the token to issue.
  case current(Admitted, counter: Int64)
  case refused(RefreshOutcome)

  init(_ row: Row) throws(PostgresError) {
    let outcome: RefreshOutcome = try row["outcome"]
    self =
      switch outcome {
      case .current:
        .current(try Admitted(row, to: DeviceID(uuid: try row["device"])), counter: try row["next_counter"])
      case .reused, .expired, .ended: .refused(outcome)
      }
  }
}

extension RefreshToken {
  /// In the account where its session is now.
  fileprivate func rotating(_ requestID: String) -> Pipeline<Rotation> {
    Pipeline(
      """
      SELECT r.outcome, r.next_counter, r.device, r.tenant, r.generation, l.account
      FROM (
        SELECT coalesce(breath.locate_refresh(\(account.uuid), \(session)), \(account.uuid)) AS account
      ) AS l
      CROSS JOIN LATERAL breath.rotate_refresh(l.account, \(session), \(counter), \(requestID)) AS r
      """, row: Rotation.init)
  }
}

extension JSON {
  /// Also under RFC 6749's own names, so that any OAuth library understands the reply.
  var withOAuthNames: JSON {
    guard var members = object else { return self }
    for (theirs, ours) in [
      ("access_token", "accessToken"), ("token_type", "tokenType"), ("expires_in", "expiresIn"),
      ("refresh_token", "refreshToken"),
    ] { members[theirs] = members[ours] }
    return .object(members)
  }
}

extension Reply {
  /// RFC 6749, 5.2: the one place where an error is not a problem document.
  static func oauth(_ error: String, _ description: String) -> Reply {
    Reply(400, json: ["error": .string(error), "error_description": .string(description)])
  }

  /// What cannot be read, or says the same thing twice, is an invalid request (RFC 6749, 5.2), whichever layer found it.
  /// What lies with us or with time has a status of its own and stays a problem document: RFC 6749 has no word for it.
  static func oauth(refusing problem: Problem) -> Reply? {
    switch problem.status {
    case 400, 413, 415, 422: .oauth("invalid_request", problem.oauthDescription)
    default: nil
    }
  }

  static var invalidGrant: Reply {
    .oauth("invalid_grant", "This refresh token is not valid any more. Sign in again with the device's secret.")
  }
}

extension Problem {
  /// Only what RFC 6749, 5.2 allows: ASCII without quotes and backslashes.
  fileprivate var oauthDescription: String {
    let text = ([detail] + errors.map { "\($0.pointer.dropFirst()) \($0.detail)." }).joined(separator: " ")
    return String(
      String.UnicodeScalarView(
        text.unicodeScalars.filter { (0x20...0x7E).contains($0.value) && $0 != "\"" && $0 != "\\" }))
  }
}
