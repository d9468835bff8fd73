internal import Glibc
internal import ToolSupport

/// TCP on this machine, for the proxy and for the clients.
enum Sockets {
  static func connect(port: Int) throws -> CInt {
    let socket = make()
    var address = loopback(port: port)
    let code = unsafe withSocketAddress(&address) { unsafe Glibc.connect(socket, $0, $1) }
    guard socket >= 0, code == 0 else {
      close(socket)
      throw Failure(.unavailable, "Nothing listens at 127.0.0.1:\(port).")
    }
    return socket
  }

  static func listen() throws -> (socket: CInt, port: Int) {
    let socket = make()
    var address = loopback(port: 0)
    guard socket >= 0, unsafe withSocketAddress(&address, { unsafe bind(socket, $0, $1) }) == 0,
      Glibc.listen(socket, 16) == 0
    else { throw Failure(.unavailable, "Cannot listen at 127.0.0.1.") }
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    _ = unsafe withSocketAddress(&address) { pointer, _ in unsafe getsockname(socket, pointer, &length) }
    return (socket, Int(UInt16(bigEndian: address.sin_port)))
  }

  static func accept(_ listener: CInt) -> CInt {
    let socket = Glibc.accept(listener, nil, nil)
    _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
    send(atOnce: socket)
    return socket
  }

  private static func make() -> CInt {
    let kind = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
    let made = socket(AF_INET, kind, 0)
    send(atOnce: made)
    return made
  }

  /// Without Nagle's delay.
  private static func send(atOnce socket: CInt) {
    var yes: CInt = 1
    _ = unsafe setsockopt(socket, CInt(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<CInt>.size))
  }

  private static func loopback(port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
  }

  private static func withSocketAddress(
    _ address: inout sockaddr_in, _ body: (UnsafeMutablePointer<sockaddr>, socklen_t) -> CInt
  ) -> CInt {
    unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }
}
