/// A method and a path below the function's name, with what answers it.
///
///     Route(.patch, "/devices/{id}") { request, context in … request.parameters["id"] … }
///
/// Not `Sendable`: handlers share one database session, which stays on the loop they are called from.
package struct Route {
  package typealias Handler = (Request, Context) async throws -> Reply

  package let method: HTTPMethod
  /// `""`, `/import`, `/devices/{id}`; a placeholder stands for one component that is not empty.
  package let pattern: String
  /// What it shows is for everybody who has the address: pages of any origin may read it (CORS), and shared caches.
  let isForEveryone: Bool
  let parts: [Part]
  let handler: Handler
  /// For a route whose protocol has errors of its own form: what it says instead of a problem; nil where that will do.
  private(set) var refusal: (Problem) -> Reply? = { _ in nil }

  enum Part: Equatable {
    case literal(String)
    case placeholder(String)
  }

  package init(
    _ method: HTTPMethod, _ pattern: String, isForEveryone: Bool = false, _ handler: @escaping Handler
  ) {
    self.method = method
    self.pattern = pattern
    self.isForEveryone = isForEveryone
    self.handler = handler
    parts = pattern.split(separator: "/").map { part in
      part.hasPrefix("{") && part.hasSuffix("}")
        ? .placeholder(String(part.dropFirst().dropLast())) : .literal(String(part))
    }
  }

  /// The same route with errors of its own form, also for what is wrong before its handler is reached.
  package func refusing(_ refusal: @escaping (Problem) -> Reply?) -> Route {
    var route = self
    route.refusal = refusal
    return route
  }

  /// What the placeholders stand for; nil when this is another path.
  func parameters(of path: [String]) -> [String: String]? {
    guard path.count == parts.count else { return nil }
    var parameters: [String: String] = [:]
    for (part, component) in zip(parts, path) {
      switch part {
      case .literal(let text): guard text == component else { return nil }
      case .placeholder(let name):
        guard !component.isEmpty else { return nil }
        parameters[name] = component
      }
    }
    return parameters
  }
}

/// The routes of a function; of two that fit, the first listed answers.
struct RouteTable {
  let routes: [Route]

  enum Match {
    case handler(Route, parameters: [String: String])
    case otherMethods(Set<HTTPMethod>)
    case nothing
  }

  func match(_ method: HTTPMethod?, _ path: [String]) -> Match {
    let wanted = method == .head ? .get : method
    var others: Set<HTTPMethod> = []
    for route in routes {
      guard let parameters = route.parameters(of: path) else { continue }
      if route.method == wanted { return .handler(route, parameters: parameters) }
      others.insert(route.method)
    }
    return others.isEmpty ? .nothing : .otherMethods(others)
  }

  /// Whether such a route fits, whatever the method: also of an answer that refuses.
  func isForEveryone(_ path: [String]) -> Bool {
    routes.contains { $0.isForEveryone && $0.parameters(of: path) != nil }
  }

  /// As `Allow` lists them; HEAD comes with GET, and OPTIONS always.
  static func allow(_ methods: Set<HTTPMethod>) -> String {
    var methods = methods.union([.options])
    if methods.contains(.get) { methods.insert(.head) }
    return HTTPMethod.allCases.filter(methods.contains).map(\.rawValue).joined(separator: ", ")
  }
}
