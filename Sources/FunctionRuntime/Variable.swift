/// Everything a function is told from outside, by the name it has in the function's environment. `.env.example` says what each
/// means; which function has which is said once, in `FunctionName`.
package enum Variable: String, CaseIterable, Sendable {
  case databaseURL = "DATABASE_URL"
  case databaseCACertificate = "DATABASE_CA_CERT"
  case databasePooler = "DATABASE_POOLER"
  case jwks = "BREATH_JWKS"
  case issuer = "BREATH_ISSUER"
  case corsOrigins = "BREATH_CORS_ORIGINS"
  case rateLimitFactor = "BREATH_RATE_LIMIT_FACTOR"
  case signingKey = "BREATH_SIGNING_KEY"
  case refreshKey = "BREATH_REFRESH_KEY"
  case dataKey = "BREATH_DATA_KEY"
  case publicURL = "BREATH_PUBLIC_URL"
  case verificationURL = "BREATH_VERIFICATION_URL"
  case gitHubClientID = "BREATH_GITHUB_CLIENT_ID"
  case gitHubClientSecret = "BREATH_GITHUB_CLIENT_SECRET"
  case gitHubRedirectURIs = "BREATH_GITHUB_REDIRECT_URIS"
  case gitHubURL = "BREATH_GITHUB_URL"
  case gitHubAPIURL = "BREATH_GITHUB_API_URL"

  /// What every function has.
  static let ofAll: [Variable] = [
    .databaseURL, .databaseCACertificate, .databasePooler, .jwks, .issuer, .corsOrigins, .rateLimitFactor,
  ]

  /// False for what only a load test sets, and so no deployment does.
  package var isDeployed: Bool { self != .rateLimitFactor }
}
