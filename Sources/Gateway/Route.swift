/// What a request's path means: `/v1/<function>/<rest>`, or the platform's own
/// `/api/v1/web/<namespace>/v1/<function>/<rest>`.
enum Route: Equatable {
  case home
  /// The page that a program's code is typed for.
  case connect
  /// - Parameter path: what follows the function's name, "" or "/…", as it was sent.
  case function(name: String, path: String, query: String)
  case unknown

  init(_ target: some StringProtocol) {
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let path = String(parts[0])
    let query = parts.count > 1 ? String(parts[1]) : ""
    if path == "/" {
      self = .home
    } else if path == "/connect" {
      self = .connect
    } else if let (name, rest) = Route.function(in: path) {
      self = .function(name: name, path: rest, query: query)
    } else {
      self = .unknown
    }
  }

  private static func function(in path: String) -> (name: String, rest: String)? {
    let steps = path.split(separator: "/", maxSplits: 6, omittingEmptySubsequences: false)
    if steps.count >= 3, steps[0].isEmpty, steps[1] == Function.package {
      return name(steps[2], before: path)
    }
    if steps.count >= 7, path.hasPrefix("/api/v1/web/"), steps[5] == Function.package {
      return name(steps[6].prefix { $0 != "/" }, before: path)
    }
    return nil
  }

  private static func name(_ name: Substring, before path: String) -> (name: String, rest: String)? {
    name.isEmpty ? nil : (String(name), String(path[name.endIndex...]))
  }
}
