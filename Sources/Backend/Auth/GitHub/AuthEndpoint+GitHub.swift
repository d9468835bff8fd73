import BreathDomain
import FoundationEssentials
import FunctionRuntime
import Postgres
import StrictJSON

/// Sign-in with GitHub: authorisation code with PKCE and state (RFC 6749, 7636, 9700; docs/pairing.md).
extension AuthEndpoint {
  private static let lifetimeSeconds = 600.0

  /// `POST /github` `{"device", "secret", "redirectUri", "merge"}`: where to send the person.
  func beginGitHub(_ request: Request, _ context: Context) async throws -> Reply {
    let services = try await endpoint.services()
    let gitHub = try GitHub(services.configuration)
    let body = try request.object(of: Enrolment.members + ["/redirectUri", "/merge"])
    let device = try Enrolment(body)
    let redirectURI = try body["redirectUri"].string(length: 1...500)
    guard gitHub.allows(redirectURI: redirectURI) else {
      throw body["redirectUri"].mismatch("unknown_redirect_uri", "must be exactly one of those that are set up here")
    }
    let merges = try body["merge"].ifPresent { node throws(JSONMismatch) in try node.bool() } ?? false
    let state = SignInState.random()
    let expiresAt = context.now.addingTimeInterval(AuthEndpoint.lifetimeSeconds)
    let limit = services.configuration.limits.signIn
    let results = try services.database.pipeline(
      [
        limit.admit(request.network),
        """
        INSERT INTO breath.sign_ins (state_hash, issuer, redirect_uri, device_id, secret_hash, merges, expires_at)
        VALUES (\(state.hash), \(gitHub.issuer), \(redirectURI), \(device.id.uuid), \(device.secretHash), \(merges),
          \(expiresAt))
        """,
      ], context)
    let key = try await issuer(services).refreshKey
    return Reply(
      200,
      json: [
        "authorizeUrl": .string(gitHub.authorizeURL(state: state, redirectURI: redirectURI, key: key)),
        "state": .string(state.text), "expiresAt": JSON(expiresAt),
      ], headers: try limit.headers(results[0]))
  }

  /// `POST /github/callback` `{"device", "secret", "code", "state"}`, by the device that began. Two pipelines, because GitHub is
  /// asked in between, and no account may be locked meanwhile: the first uses the state up, the second lets the device in.
  func completeGitHub(_ request: Request, _ context: Context) async throws -> Reply {
    let services = try await endpoint.services()
    let gitHub = try GitHub(services.configuration)
    let body = try request.object(of: Enrolment.members + ["/code", "/state"])
    let device = try Enrolment(body)
    let code = try body["code"].string(length: 1...500)
    guard let state = SignInState(try body["state"].string(length: 1...64)) else { throw Problem.signInInvalid }
    let limit = services.configuration.limits.signIn
    let begun = try services.database.pipeline(
      [
        limit.admit(request.network),
        """
        SELECT redirect_uri, merges FROM breath.take_sign_in(\(state.hash), \(device.id.uuid), \(device.secretHash))
        """,
      ], context)
    let row = try begun[1].only
    guard let redirectURI: String = try row["redirect_uri"] else { throw Problem.signInInvalid }
    let verifier = state.verifier(try await issuer(services).refreshKey)
    guard
      let subject = try await subject(gitHub, code: code, verifier: verifier, redirectURI: redirectURI, context)
    else { throw Problem.signInInvalid }
    return try await signIn(device, as: subject, of: gitHub.issuer, merges: try row["merges"], services, context)
  }

  private func subject(
    _ gitHub: GitHub, code: String, verifier: String, redirectURI: String, _ context: Context
  ) async throws -> String? {
    guard let outbound else { throw Problem.notSetUp("an executable that can call GitHub") }
    do {
      return try await gitHub.subject(
        code: code, verifier: verifier, redirectURI: redirectURI, outbound, context.deadline)
    } catch {
      context.log(.error, "provider", ["error": .string("\(error)")])
      throw Problem.unavailable(
        code: "provider_unavailable", detail: "GitHub does not answer as it should. Begin again in a while.",
        retryAfter: .seconds(30))
    }
  }

  private func signIn(
    _ device: Enrolment, as subject: String, of issuer: String, merges: Bool, _ services: Services, _ context: Context
  ) async throws -> Reply {
    let session = UUID()
    let results = try services.database.pipeline(
      [
        """
        SELECT outcome, is_new, account, tenant, generation FROM breath.sign_in(
          \(issuer), \(subject), \(device.id.uuid), \(device.secretHash), \(UUID()), \(device.name), \(device.timeZone),
          \(merges), \(session))
        """, device.question,
      ], context)
    let row = try results[0].only
    switch try row["outcome"] as String {
    case "in":
      let isNew: Bool = try row["is_new"]
      return Reply(
        isNew ? 201 : 200,
        json: try await grant(row, to: device.id, session, services, context).withOAuthNames.noting(
          device.notices(results)))
    case "needs_merge":
      throw Problem.conflict(
        code: "identity_has_account",
        detail: "This GitHub account signs in to another account than this device's. Begin again with \"merge\": true.")
    case "account_has_login":
      throw Problem.conflict(
        code: "account_has_login",
        detail: "This device's account has a sign-in of its own, so it cannot be merged. Use another device.")
    default:
      throw Problem.conflict(
        code: "other_identity", detail: "This device's account belongs to another GitHub account already.")
    }
  }
}

extension Problem {
  /// The same for a state that is unknown, used, old or another device's, and a code that GitHub does not know.
  fileprivate static let signInInvalid = Problem(
    400, code: "sign_in_invalid", detail: "This sign-in is unknown, used, or older than ten minutes. Begin again.")
}
