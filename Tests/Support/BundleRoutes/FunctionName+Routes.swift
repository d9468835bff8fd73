import AdminFunction
import AuthFunction
import Backend
package import FunctionRuntime
import StatsFunction
import SyncFunction

extension FunctionName {
  /// What its `main.swift` serves: for tests that compare the routes of all functions with what is written about them.
  package func routes(_ environment: Environment = Environment([:])) -> [Route] {
    let endpoint = Endpoint(self, environment)
    return switch self {
    case .sync: SyncEndpoint(endpoint).routes
    case .stats: StatsEndpoint(endpoint).routes
    case .auth: AuthEndpoint(endpoint).routes
    case .admin: AdminEndpoint(endpoint).routes
    case .worker: []
    }
  }
}
