/// What of our environment reaches which function; nothing else does.
package enum FunctionEnvironment {
  package static let functions = ["sync", "stats", "auth", "admin"]
  /// Where auth waits for GitHub.
  package static let outboundPaths: [String: Set<String>] = ["auth": ["/github/callback"]]
  private static let shared = [
    "DATABASE_CA_CERT", "DATABASE_POOLER", "BREATH_JWKS", "BREATH_ISSUER", "BREATH_CORS_ORIGINS",
    "BREATH_RATE_LIMIT_FACTOR",
  ]
  private static let own = [
    "auth": [
      "BREATH_SIGNING_KEY", "BREATH_REFRESH_KEY", "BREATH_DATA_KEY", "BREATH_PUBLIC_URL", "BREATH_VERIFICATION_URL",
      "BREATH_GITHUB_CLIENT_ID", "BREATH_GITHUB_CLIENT_SECRET", "BREATH_GITHUB_REDIRECT_URIS", "BREATH_GITHUB_URL",
      "BREATH_GITHUB_API_URL",
    ]
  ]

  /// Function → its variables. Each has its own database role, hence DATABASE_URL_SYNC becomes the DATABASE_URL of sync.
  package static func all(from ours: [String: String]) -> [String: [String: String]] {
    Dictionary(
      uniqueKeysWithValues: functions.map { function in
        let names = shared + own[function, default: []]
        var environment = Dictionary(uniqueKeysWithValues: names.compactMap { name in ours[name].map { (name, $0) } })
        environment["DATABASE_URL"] = ours["DATABASE_URL_\(function.uppercased())"]
        return (function, environment)
      })
  }
}
