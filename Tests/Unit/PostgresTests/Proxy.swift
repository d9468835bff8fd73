import Foundation
import Glibc
import Synchronization

/// A wire between one client and the server that can be cut at a chosen moment. Serves one connection.
final class Proxy: Sendable {
  enum Mode: Sendable {
    case forward
    /// The server gets the request; the client gets a hang-up instead of the reply.
    case loseReply
    /// The client gets a hang-up as soon as it sends; the server gets nothing.
    case loseRequest
    /// Nothing is read from the client any more.
    case stall
    /// The client gets one byte at a time.
    case trickle
  }

  let port: UInt16
  private let mode = Mutex(Mode.forward)
  private let listener: Int32

  /// - Parameters:
  ///   - greeting: what a server without PostgreSQL behind it answers to the first bytes; nil forwards.
  ///   - last: what it answers to the next bytes, before it hangs up.
  ///   - listens: when false, connecting to `port` is refused.
  init(to server: UInt16, greeting: String? = nil, last: String? = nil, listens: Bool = true) throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var small: Int32 = 16 * 1024  // so that a stalled client soon has something left to send
    unsafe setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &small, socklen_t(MemoryLayout<Int32>.size))
    var address = Self.loopback(0)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = unsafe withUnsafeMutableBytes(of: &address) { bytes in
      let pointer = unsafe bytes.assumingMemoryBound(to: sockaddr.self).baseAddress!
      return unsafe bind(listener, pointer, size) == 0 && (!listens || listen(listener, 1) == 0)
        && getsockname(listener, pointer, &size) == 0
    }
    guard bound else { throw CocoaError(.fileNoSuchFile) }
    self.listener = listener
    port = UInt16(bigEndian: address.sin_port)
    guard listens else { return }
    let thread = Thread { [self] in
      let client = accept(listener, nil, nil)
      defer { close(client) }
      if let greeting {
        Self.answer(client, [greeting] + (last.map { [$0] } ?? []))
      } else {
        forward(client, to: server)
      }
    }
    thread.start()
  }

  deinit { close(listener) }

  func set(_ mode: Mode) { self.mode.withLock { $0 = mode } }

  private static func loopback(_ port: UInt16) -> sockaddr_in {
    sockaddr_in(
      sin_family: sa_family_t(AF_INET), sin_port: port.bigEndian,
      sin_addr: in_addr(s_addr: UInt32(0x7f00_0001).bigEndian), sin_zero: (0, 0, 0, 0, 0, 0, 0, 0))
  }

  private static func answer(_ client: Int32, _ answers: [String]) {
    var buffer = [UInt8](repeating: 0, count: 1024)
    for answer in answers {
      _ = unsafe recv(client, &buffer, buffer.count, 0)
      _ = unsafe send(client, answer, answer.utf8.count, Int32(MSG_NOSIGNAL))
    }
    shutdown(client, Int32(SHUT_WR))
    while unsafe recv(client, &buffer, buffer.count, 0) > 0 {}
  }

  private func forward(_ client: Int32, to port: UInt16) {
    let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(server) }
    var address = Self.loopback(port)
    unsafe withUnsafeBytes(of: &address) { bytes in
      _ = unsafe Glibc.connect(
        server, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress!, socklen_t(bytes.count))
    }
    var buffer = [UInt8](repeating: 0, count: 64 * 1024)
    while true {
      var both = [pollfd(fd: client, events: 0, revents: 0), pollfd(fd: server, events: 0, revents: 0)]
      if mode.withLock({ if case .stall = $0 { false } else { true } }) { both[0].events = Int16(POLLIN) }
      both[1].events = Int16(POLLIN)
      guard unsafe poll(&both, 2, -1) > 0 else { return }
      let fromClient = both[0].revents != 0
      let (source, target) = fromClient ? (client, server) : (server, client)
      let isSlow = mode.withLock { if case .trickle = $0 { !fromClient } else { false } }
      let count = unsafe recv(source, &buffer, isSlow ? 1 : buffer.count, 0)
      guard count > 0 else { return }
      switch mode.withLock({ $0 }) {
      case .forward: break
      case .loseRequest where fromClient: return
      case .loseReply where !fromClient: return
      case .stall where fromClient: continue
      case .loseRequest, .loseReply, .stall, .trickle: break
      }
      var sent = 0
      while sent < count {
        let more = unsafe buffer.withUnsafeBytes { bytes in
          unsafe send(target, bytes.baseAddress! + sent, count - sent, Int32(MSG_NOSIGNAL))
        }
        guard more > 0 else { return }
        sent += more
      }
    }
  }
}
