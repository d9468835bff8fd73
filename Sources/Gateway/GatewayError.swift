internal import Glibc
internal import NIOCore

/// Why the gateway cannot start: a line that says what to do.
package enum GatewayError: Error, Sendable, Equatable, CustomStringConvertible {
  case addressInUse(host: String, port: Int)
  /// No address of this machine.
  case addressNotHere(host: String)
  /// A low port, which only root may take.
  case portNotAllowed(port: Int)
  case cannotListen(host: String, port: Int, reason: String)
  case noExecutable(String)

  package var description: String {
    switch self {
    case .addressInUse(let host, let port):
      "port \(port) on \(host) is in use: stop what listens there, or choose another port (--port, PORT)"
    case .addressNotHere(let host):
      "\(host) is no address of this machine: 127.0.0.1 listens for this machine alone, 0.0.0.0 for all (--host)"
    case .portNotAllowed(let port):
      "port \(port) is not for this user: choose one from 1024 on (--port, PORT), and let a proxy listen at \(port)"
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
    case let error as IOError where error.errnoCode == EADDRNOTAVAIL: self = .addressNotHere(host: host)
    case let error as IOError where error.errnoCode == EACCES || error.errnoCode == EPERM:
      self = .portNotAllowed(port: port)
    case let error as IOError:
      self = unsafe .cannotListen(host: host, port: port, reason: String(cString: strerror(error.errnoCode)))
    case is SocketAddressError, is SocketAddressError.FailedToParseIPByteBuffer: self = .addressNotHere(host: host)
    default: return nil
    }
  }
}
