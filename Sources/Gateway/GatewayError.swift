/// Why the gateway cannot start: a line that says what to do.
package enum GatewayError: Error, Sendable, Equatable, CustomStringConvertible {
  case addressInUse(host: String, port: Int)
  case noSuchAddress(host: String)
  case notAllowed(port: Int)
  case noExecutable(String)

  package var description: String {
    switch self {
    case .addressInUse(let host, let port):
      "port \(port) on \(host) is in use: stop what listens there, or choose another port (--port, PORT)"
    case .noSuchAddress(let host):
      "\(host) is no address of this machine: choose one that it has (--host), such as 127.0.0.1"
    case .notAllowed(let port):
      "port \(port) is not for you: choose one from 1024 on (--port, PORT), or be root"
    case .noExecutable(let path):
      "no executable \(path): build it with 'swift build -c release', or name its folder with --bin"
    }
  }
}
