/// Why the gateway cannot start: a line that says what to do.
package enum GatewayError: Error, Sendable, Equatable, CustomStringConvertible {
  case addressInUse(host: String, port: Int)
  case noExecutable(String)

  package var description: String {
    switch self {
    case .addressInUse(let host, let port):
      "port \(port) on \(host) is in use: stop what listens there, or choose another port (--port, PORT)"
    case .noExecutable(let path):
      "no executable \(path): build it with 'swift build -c release', or name its folder with --bin"
    }
  }
}
