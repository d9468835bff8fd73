import Backend
import BreathDomain
import FoundationEssentials
import FunctionRuntime
import Postgres
import StrictJSON

/// Sign-in with GitHub: authorisation code with PKCE and state (RFC 6749, 7636, 9700; docs/pairing.md).
extension AuthEndpoint {
  private static let lifetimeSeconds = 600.0

  /// `POST /github` `{"device", "secret", "redirectUri", "merge"}`: where to send the person.
  func beginGitHub(_ call: Call) async throws -> Reply {
    let gitHub = try GitHub(call.services.configuration)
    let body = try call.request.object(of: Enrolment.members + ["/redirectUri", "/merge"])
    let device = try Enrolment(body)
    let redirectURI = try body["redirectUri"].string(length: 1...500)
    guard gitHub.allows(redirectURI: redirectURI) else {
      throw body["redirectUri"].mismatch("unknown_redirect_uri", "must be exactly one of those that are set up here")
    }
    let merges = try body["merge"].ifPresent { node throws(JSONMismatch) in try node.bool() } ?? false
    let state = SignInState.random()
    let expiresAt = call.context.now.addingTimeInterval(AuthEndpoint.lifetimeSeconds)
    let (admission, _) = try call.run(
      charging: call.limits.signIn,
      Pipeline(
        """
        INSERT INTO breath.sign_ins (state_hash, issuer, redirect_uri, device_id, secret_hash, merges, expires_at)
        VALUES (\(state.hash), \(gitHub.issuer), \(redirectURI), \(device.id.uuid), \(device.secretHash), \(merges),
          \(expiresAt))
        """))
    let key = try await issuer(call.services).refreshKey
    return Reply(
      200,
      json: [
        "authorizeUrl": .string(gitHub.authorizeURL(state: state, redirectURI: redirectURI, key: key)),
        "state": .string(state.text), "expiresAt": JSON(expiresAt),
      ], headers: admission.headers)
  }

  /// `POST /github/callback` `{"device", "secret", "code", "state"}`, by the device that began. Two pipelines, because GitHub is
  /// asked in between, and no account may be locked meanwhile: the first uses the state up, the second lets the device in.
  func completeGitHub(_ call: Call) async throws -> Reply {
    let gitHub = try GitHub(call.services.configuration)
    let body = try call.request.object(of: Enrolment.members + ["/code", "/state"])
    let device = try Enrolment(body)
    let code = try body["code"].string(length: 1...500)
    guard let state = SignInState(try body["state"].string(length: 1...64)) else { throw Problem.signInInvalid }
    let (_, begun) = try call.run(charging: call.limits.signIn, state.taking(by: device))
    guard let begun else { throw Problem.signInInvalid }
    let verifier = state.verifier(try await issuer(call.services).refreshKey)
    guard
      let subject = try await subject(gitHub, code: code, verifier: verifier, redirectURI: begun.redirectURI, call)
    else { throw Problem.signInInvalid }
    return try await signIn(device, as: subject, of: gitHub.issuer, merges: begun.merges, call)
  }

  private func subject(
    _ gitHub: GitHub, code: String, verifier: String, redirectURI: String, _ call: Call
  ) async throws -> String? {
    guard let callProvider else { throw Problem.notSetUp("an executable that can call GitHub") }
    do {
      return try await gitHub.subject(
        code: code, verifier: verifier, redirectURI: redirectURI, callProvider, call.context.deadline)
    } catch {
      call.context.log(.error, "provider", ["error": .string("\(error)")])
      throw Problem.unavailable(
        code: "provider_unavailable", detail: "GitHub does not answer as it should. Begin again in a while.",
        retryAfter: .seconds(30))
    }
  }

  private func signIn(
    _ device: Enrolment, as subject: String, of issuer: String, merges: Bool, _ call: Call
  ) async throws -> Reply {
    let session = UUID()
    let signIn = Pipeline(
      """
      SELECT outcome, is_new, account, tenant, generation FROM breath.sign_in(
        \(issuer), \(subject), \(device.id.uuid), \(device.secretHash), \(UUID()), \(device.name), \(device.timeZone),
        \(merges), \(session))
      """,
      row: { row in
        try AuthEndpoint.requireIn(try row["outcome"])
        return (isNew: try row["is_new"] as Bool, admitted: try Admitted(row, to: device.id))
      })
    let (entered, notices) = try call.run(signIn, device.question)
    let json = try await grant(entered.admitted, session, call)
    return Reply(entered.isNew ? 201 : 200, json: json.withOAuthNames.noting(notices))
  }

  private static func requireIn(_ outcome: SignInOutcome) throws(Problem) {
    switch outcome {
    case .in: return
    case .needsMerge:
      throw Problem.conflict(
        code: "identity_has_account",
        detail: "This GitHub account signs in to another account than this device's. Begin again with \"merge\": true.")
    case .accountHasLogin:
      throw Problem.conflict(
        code: "account_has_login",
        detail: "This device's account has a sign-in of its own, so it cannot be merged. Use another device.")
    case .otherIdentity:
      throw Problem.conflict(
        code: "other_identity", detail: "This device's account belongs to another GitHub account already.")
    }
  }
}

/// What came of a sign-in by an identity that was verified (`breath.sign_in`).
package enum SignInOutcome: String, CaseIterable, PostgresDecodable {
  case `in`
  /// The identity and the device have an account each, and nobody asked to merge them.
  case needsMerge = "needs_merge"
  /// The same, and the device's has a sign-in of its own, so that it cannot be merged.
  case accountHasLogin = "account_has_login"
  /// The device's account belongs to another identity of this provider.
  case otherIdentity = "other_identity"
}

extension SignInState {
  /// Uses it up. Nil when this device did not begin with it, or too long ago.
  fileprivate func taking(by device: Enrolment) -> Pipeline<(redirectURI: String, merges: Bool)?> {
    Pipeline(
      "SELECT redirect_uri, merges FROM breath.take_sign_in(\(hash), \(device.id.uuid), \(device.secretHash))",
      row: { row in
        guard let redirectURI: String = try row["redirect_uri"] else { return nil }
        return (redirectURI, try row["merges"])
      })
  }
}

extension Problem {
  /// The same for a state that is unknown, used, old or another device's, and a code that GitHub does not know.
  fileprivate static let signInInvalid = Problem(
    400, code: "sign_in_invalid", detail: "This sign-in is unknown, used, or older than ten minutes. Begin again.")
}
