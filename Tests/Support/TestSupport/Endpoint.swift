import Glibc

/// Where a stream socket listens or connects: a port of this machine, or a file.
package enum Endpoint: Sendable {
  /// On 127.0.0.1; 0 is any that is free.
  case port(UInt16)
  case file(String)

  /// A socket bound to it, which does not listen yet: whoever connects is refused.
  /// - Parameter receiveBufferBytes: how much the kernel keeps of what was not read yet; nil leaves that to the kernel.
  package func bound(receiveBufferBytes: CInt? = nil) throws -> CInt {
    try opened("bind") { socket in
      if var bytes = receiveBufferBytes {
        unsafe setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &bytes, socklen_t(MemoryLayout<CInt>.size))
      }
      return unsafe withAddress { unsafe bind(socket, $0, $1) }
    }
  }

  package func connected() throws -> CInt {
    try opened("connect") { socket in unsafe withAddress { unsafe connect(socket, $0, $1) } }
  }

  /// The port that a bound socket got.
  package static func port(of socket: CInt) -> UInt16 {
    var address = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    unsafe withUnsafeMutableBytes(of: &address) { bytes in
      _ = unsafe getsockname(socket, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress!, &size)
    }
    return UInt16(bigEndian: address.sin_port)
  }

  private func opened(_ call: String, _ work: (CInt) -> CInt) throws -> CInt {
    let family = if case .port = self { AF_INET } else { AF_UNIX }
    let socket = socket(family, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard work(socket) == 0 else {
      defer { close(socket) }
      throw Spawn.Failure(call: "\(call) \(self)", code: errno)
    }
    return socket
  }

  private func withAddress(_ work: (UnsafePointer<sockaddr>, socklen_t) -> CInt) -> CInt {
    switch self {
    case .port(let port):
      let address = sockaddr_in(
        sin_family: sa_family_t(AF_INET), sin_port: port.bigEndian,
        sin_addr: in_addr(s_addr: UInt32(0x7f00_0001).bigEndian), sin_zero: (0, 0, 0, 0, 0, 0, 0, 0))
      return unsafe Endpoint.with(address, work)
    case .file(let path):
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
      return unsafe Endpoint.with(address, work)
    }
  }

  private static func with<Address>(_ address: Address, _ work: (UnsafePointer<sockaddr>, socklen_t) -> CInt) -> CInt {
    unsafe withUnsafeBytes(of: address) { bytes in
      unsafe work(bytes.assumingMemoryBound(to: sockaddr.self).baseAddress!, socklen_t(bytes.count))
    }
  }
}
