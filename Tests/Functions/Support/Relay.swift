import Foundation
import Glibc
import Synchronization

/// Passes on what goes over one Unix socket to another, both ways, until it is cut.
final class Relay: Sendable {
  struct Failure: Error { let call: String, path: String, code: Int32 }

  private let path: String
  private let state = Mutex((isEnding: false, open: Set<Int32>()))

  init(at path: String, to target: String) throws {
    self.path = path
    let listener = unsafe try Relay.endpoint("bind", path) { unsafe bind($0, $1, $2) == 0 && listen($0, 64) == 0 }
    Thread.detachNewThread { [self] in
      while let client = next(listener) { Thread.detachNewThread { [self] in serve(client, target) } }
      close(listener)
    }
  }

  /// Both sides of every connection see a hang-up.
  func cut() { state.withLock { for socket in $0.open { shutdown(socket, Int32(SHUT_RDWR)) } } }

  /// The last: nobody is served any more.
  func end() {
    state.withLock { $0.isEnding = true }
    cut()
    if let knock = unsafe try? Relay.endpoint("connect", path, { unsafe connect($0, $1, $2) == 0 }) { close(knock) }
  }

  private func next(_ listener: Int32) -> Int32? {
    let client = accept(listener, nil, nil)
    _ = fcntl(client, F_SETFD, FD_CLOEXEC)
    if client >= 0, !state.withLock({ $0.isEnding }) { return client }
    if client >= 0 { close(client) }
    return nil
  }

  private func serve(_ client: Int32, _ target: String) {
    defer { close(client) }
    guard let server = unsafe try? Relay.endpoint("connect", target, { unsafe connect($0, $1, $2) == 0 }) else {
      return
    }
    defer { close(server) }
    state.withLock { $0.open.formUnion([client, server]) }
    defer { state.withLock { $0.open.subtract([client, server]) } }
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      var both = [client, server].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
      guard unsafe poll(&both, 2, -1) > 0 else { return }
      let (source, sink) = both[0].revents != 0 ? (client, server) : (server, client)
      let count = unsafe recv(source, &buffer, buffer.count, 0)
      guard count > 0, Relay.send(buffer[..<count], to: sink) else { return }
    }
  }

  private static func send(_ bytes: ArraySlice<UInt8>, to sink: Int32) -> Bool {
    var left = bytes
    while !left.isEmpty {
      let count = unsafe left.withUnsafeBytes { unsafe Glibc.send(sink, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { return false }
      left = left.dropFirst(count)
    }
    return true
  }

  /// A Unix socket that is bound or connected to `path` by `work`.
  private static func endpoint(
    _ call: String, _ path: String, _ work: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Bool
  ) throws -> Int32 {
    let socket = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
    let isDone = unsafe withUnsafeBytes(of: &address) { bytes in
      unsafe work(
        socket, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress!, socklen_t(MemoryLayout<sockaddr_un>.size))
    }
    guard isDone else {
      defer { close(socket) }
      throw Failure(call: call, path: path, code: errno)
    }
    return socket
  }
}
