import Backend
import FunctionRuntime
import StrictJSON

/// `/.well-known/oauth-authorization-server`: what an OAuth client must know of us (RFC 8414).
extension AuthEndpoint {
  func metadata(_ call: Call) async throws -> Reply {
    let configuration = call.services.configuration
    let base = try configuration.publicURL + "/v1/auth"
    return Reply(
      200,
      json: [
        "issuer": .string(configuration.issuer), "token_endpoint": .string("\(base)/token"),
        "device_authorization_endpoint": .string("\(base)/device"), "jwks_uri": .string("\(base)/jwks.json"),
        "grant_types_supported": ["refresh_token", .string(DeviceGrant.grantType)], "response_types_supported": [],
        "token_endpoint_auth_methods_supported": ["none"], "scopes_supported": ["sync", "stats"],
      ], headers: [("Cache-Control", "public, max-age=3600")])
  }
}

extension Configuration {
  /// Where clients reach the API, without a slash at the end. We never take it from a request, whose Host anybody may write.
  var publicURL: String {
    get throws(Problem) {
      guard var url = optional(.publicURL) else { throw .notSetUp("BREATH_PUBLIC_URL") }
      while url.hasSuffix("/") { url.removeLast() }
      return url
    }
  }

  /// The page on which a person types a user code.
  var verificationURL: String {
    get throws(Problem) {
      if let url = optional(.verificationURL) { return url }
      return try publicURL + "/connect"
    }
  }
}

extension Problem {
  /// - Parameter variable: what the operator would set.
  static func notSetUp(_ variable: String) -> Problem {
    Problem(404, code: "not_set_up", detail: "This way in is not set up here: it needs \(variable).")
  }
}
