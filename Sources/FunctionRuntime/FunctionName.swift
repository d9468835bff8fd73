/// The functions of the bundle. The executable, its folder in `Sources` and what is deployed have the function's name, and
/// so has its part of the API: `/v1/<name>`.
///
/// This is the only list of them in Swift. `project.yml`, which the platform reads and our scripts too, says the same; a test
/// compares the two line by line (docs/decisions/0047).
package enum FunctionName: String, CaseIterable, Sendable {
  case sync, stats, auth, admin, worker

  private var traits: Traits {
    switch self {
    case .sync, .stats, .admin: Traits()
    // The only one that can make tokens.
    case .auth:
      Traits(
        variables: [
          .signingKey, .refreshKey, .dataKey, .publicURL, .verificationURL, .gitHubClientID, .gitHubClientSecret,
          .gitHubRedirectURIs, .gitHubURL, .gitHubAPIURL,
        ],
        outboundPaths: ["/github/callback"])
    // It works in batches and stops by itself when its time is nearly up.
    case .worker: Traits(isOnTheWeb: false, databaseRole: "admin", timeLimitSeconds: 300)
    }
  }

  private struct Traits {
    var isOnTheWeb = true
    /// Nil for a role of the function's own name.
    var databaseRole: String?
    /// On the web it stays below the 30 s after which the platform answers a call without its result.
    var timeLimitSeconds = 25
    /// The platform's own proxy holds the zip three times while it unpacks it; the function needs less than 40 MB.
    var memoryMB = 256
    /// Beside those that all functions have.
    var variables: [Variable] = []
    var outboundPaths: Set<String> = []
  }
}

extension FunctionName {
  /// Those that answer HTTP; the schedule alone starts the others.
  package static let onTheWeb = allCases.filter(\.isOnTheWeb)

  /// Each once, in the order of the functions.
  package static let databaseRoles = allCases.map(\.databaseRole).reduce(into: [String]()) { roles, role in
    if !roles.contains(role) { roles.append(role) }
  }

  package var isOnTheWeb: Bool { traits.isOnTheWeb }

  /// `breath_` before it is the role's name in PostgreSQL.
  package var databaseRole: String { traits.databaseRole ?? rawValue }
  package var timeLimitSeconds: Int { traits.timeLimitSeconds }
  package var memoryMB: Int { traits.memoryMB }

  /// Paths below its own on which it waits for somebody else's server.
  package var outboundPaths: Set<String> { traits.outboundPaths }

  /// All that it may read; no other variable reaches its code (`Environment.limited(to:)`).
  package var variables: [Variable] { Variable.ofAll + traits.variables }

  /// What the operator calls a variable of this function. Each function has the database by a role, so the `DATABASE_URL` of
  /// sync is everybody else's `DATABASE_URL_SYNC`.
  package func operatorName(of variable: Variable) -> String {
    variable == .databaseURL ? FunctionName.databaseURLName(ofRole: databaseRole) : variable.rawValue
  }

  package static func databaseURLName(ofRole role: String) -> String {
    "\(Variable.databaseURL.rawValue)_\(role.uppercased())"
  }

  /// What of the operator's environment reaches this function; nothing else does.
  package func environment(from operators: [String: String]) -> [String: String] {
    var environment: [String: String] = [:]
    for variable in variables { environment[variable.rawValue] = operators[operatorName(of: variable)] }
    return environment
  }
}

extension Function {
  /// A function of the bundle.
  package init(
    _ name: FunctionName, routes: [Route], onInvocation: Invocation? = nil, problem: @escaping ProblemMap
  ) {
    self.init(name: name.rawValue, routes: routes, onInvocation: onInvocation, problem: problem)
  }
}
