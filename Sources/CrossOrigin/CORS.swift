/// Which pages of other origins may call us (Fetch standard, 3.3): those on the list, never with cookies. The functions
/// say it in their answers, and the gateway in its own refusals: a page cannot read an answer without these, not even
/// its status.
package struct CORS: Sendable {
  static let preflightSeconds = 7200
  static let requestHeaders = "Authorization, Content-Type, If-None-Match, X-Request-Id, traceparent"
  static let exposedHeaders = [
    "Allow", "Content-Disposition", "Date", "ETag", "Link", "RateLimit", "RateLimit-Policy", "Retry-After",
    "Server-Timing", "WWW-Authenticate", "X-Request-Id", "traceparent",
  ].joined(separator: ", ")

  private let entries: [String]

  /// - Parameter list: exact origins separated by commas (`BREATH_CORS_ORIGINS`); one that ends with a colon
  ///   (`vscode-webview:`) allows every origin of that scheme.
  package init(_ list: String?) {
    entries = (list ?? "").split(separator: ",").map { String($0).withoutSpace }.filter { !$0.isEmpty }
  }

  /// For every answer; `Vary` also when the origin is not allowed, or a cache would give the wrong one's answer.
  package func headers(for origin: String?) -> [(String, String)] {
    let vary = ("Vary", "Origin")
    guard let origin, allows(origin) else { return [vary] }
    return [
      vary, ("Access-Control-Allow-Origin", origin), ("Access-Control-Expose-Headers", CORS.exposedHeaders),
    ]
  }

  /// For what is shown to everybody: any page may read it, and caches keep one copy for all.
  package static let headersForEveryone = [
    ("Access-Control-Allow-Origin", "*"), ("Access-Control-Expose-Headers", exposedHeaders),
  ]

  /// What an OPTIONS request adds when it is a preflight.
  /// - Parameters:
  ///   - method: of `Access-Control-Request-Method`, without which it is none.
  ///   - isForEveryone: whether the resource is.
  package func preflight(
    from origin: String?, method: String?, allow: String, isForEveryone: Bool = false
  ) -> [(String, String)] {
    guard let origin, isForEveryone || allows(origin), method != nil else { return [] }
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

extension String {
  fileprivate var withoutSpace: String {
    let isSpace = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
    guard let first = utf8.firstIndex(where: { !isSpace($0) }), let last = utf8.lastIndex(where: { !isSpace($0) })
    else { return "" }
    return String(Substring(utf8[first...last]))
  }
}
