internal import Glibc
internal import NIOCore

/// Why the gateway cannot start: a line that says what to do.
package enum GatewayError: Error, Sendable, Equatable, CustomStringConvertible {
  case addressInUse(host: String, port: Int)
  case noSuchAddress(host: String)
  case notAllowed(port: Int)
  case cannotListen(host: String, port: Int, reason: String)
  case noExecutable(String)

  package var description: String {
    switch self {
    case .addressInUse(let host, let port):
      "port \(port) on \(host) is in use: stop what listens there, or choose another port (--port, PORT)"
    case .noSuchAddress(let host):
      "\(host) is no address of this machine: choose one that it has (--host), such as 127.0.0.1"
    case .notAllowed(let port):
      "port \(port) is not for you: choose one from 1024 on (--port, PORT), or be root"
    case .cannotListen(let host, let port, let reason):
      "cannot listen at port \(port) on \(host): \(reason) (--host, --port, PORT)"
    case .noExecutable(let path):
      "no executable \(path): build it with 'swift build -c release', or name its folder with --bin"
    }
  }

  /// Nil when it is no error of binding.
  init?(binding error: any Error, host: String, port: Int) {
    switch error {
    case let error as IOError where error.errnoCode == EADDRINUSE: self = .addressInUse(host: host, port: port)
    case let error as IOError where error.errnoCode == EADDRNOTAVAIL: self = .noSuchAddress(host: host)
    case let error as IOError where error.errnoCode == EACCES || error.errnoCode == EPERM:
      self = .notAllowed(port: port)
    case let error as IOError:
      self = unsafe .cannotListen(host: host, port: port, reason: String(cString: strerror(error.errnoCode)))
    case is SocketAddressError, is SocketAddressError.UnknownHost: self = .noSuchAddress(host: host)
    default: return nil
    }
  }
}
