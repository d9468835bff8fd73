import FunctionRuntime
import StrictJSON

/// `GET /v1/auth/jwks.json`
extension AuthEndpoint {
  /// The public keys of our tokens (RFC 7517), for whoever wants to check one.
  func keySet(_ request: Request, _ context: Context) async throws -> Reply {
    let services = try await endpoint.services()
    return Reply(200, json: services.authenticator.publicKeys, headers: [("Cache-Control", "public, max-age=600")])
  }
}
