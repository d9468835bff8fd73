/// Which pages of other origins may call us (Fetch standard, 3.2): those on the list, never all, never with cookies.
struct CORS {
  /// The variable with the list: exact origins separated by commas; one that ends with a colon
  /// (`vscode-webview:`) allows every origin of that scheme.
  static let variable = "BREATH_CORS_ORIGINS"

  static let preflightSeconds = 7200
  static let requestHeaders = "Authorization, Content-Type, If-None-Match, X-Request-Id, traceparent"
  static let exposedHeaders = "ETag, RateLimit, RateLimit-Policy, Retry-After, Server-Timing, X-Request-Id"

  private let entries: [String]

  init(_ list: String?) {
    entries = (list ?? "").split(separator: ",").map { String($0).trimmed }.filter { !$0.isEmpty }
  }

  /// For every reply; `Vary` also when the origin is not allowed, or a cache would give the wrong one's answer.
  func headers(for origin: String?) -> [(String, String)] {
    let vary = ("Vary", "Origin")
    guard let origin, allows(origin) else { return [vary] }
    return [
      vary, ("Access-Control-Allow-Origin", origin), ("Access-Control-Expose-Headers", CORS.exposedHeaders),
    ]
  }

  /// What an OPTIONS request adds when it is a preflight.
  func preflight(_ headers: Headers, allow: String) -> [(String, String)] {
    guard let origin = headers["origin"], allows(origin), headers["access-control-request-method"] != nil else {
      return []
    }
    return [
      ("Access-Control-Allow-Methods", allow), ("Access-Control-Allow-Headers", CORS.requestHeaders),
      ("Access-Control-Max-Age", String(CORS.preflightSeconds)),
    ]
  }

  private func allows(_ origin: String) -> Bool {
    guard origin.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return false }
    return entries.contains { $0.hasSuffix(":") ? origin.hasPrefix("\($0)//") : origin == $0 }
  }
}
