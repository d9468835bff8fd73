import Backend
import FunctionRuntime
import StrictJSON

/// `GET /v1/auth/jwks.json`
extension AuthEndpoint {
  /// The public keys of our tokens (RFC 7517), for whoever wants to check one.
  func keySet(_ call: Call) async throws -> Reply {
    Reply(200, json: call.services.authenticator.publicKeys, headers: [("Cache-Control", "public, max-age=600")])
  }
}
