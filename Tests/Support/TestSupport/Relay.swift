import Foundation
import Glibc
import Synchronization

/// Stands between clients and a server, and passes on what either says, or does with it what a test wants to see. A thread
/// for each connection; when one side of it hangs up, so does the other.
package final class Relay: Sendable {
  package enum Side: Sendable { case client, server }

  /// What becomes of a piece that was read.
  package enum Decision: Sendable {
    case pass
    /// So many bytes of it arrive, then both sides see a hang-up.
    case passFirst(Int)
    /// It does not arrive, and nobody hangs up.
    case swallow
    /// It does not arrive, and both sides see a hang-up.
    case hangUp
  }

  /// What happens to one connection. One is made for each, and asked by its thread alone.
  package protocol Interference {
    /// How much is read of a side in one piece; with 0 it is left unread, until the other side has been heard.
    mutating func bytesMax(from side: Side) -> Int
    /// The relay waits for the answer, so that what takes its time is a slow wire.
    mutating func decision(on count: Int, from side: Side) -> Decision
  }

  /// The port it listens on, 0 when that is a file.
  package let port: UInt16
  private let listener: CInt
  private let server: Endpoint
  private let state = Mutex((isEnding: false, open: Set<CInt>()))

  /// Listens until `stopListening`, with or without a reference to it.
  /// - Parameters:
  ///   - receiveBufferBytes: how much the kernel keeps of what a client said and nobody read; nil leaves that to it.
  ///   - connectionsMax: how many clients are served. Those after them are left waiting.
  ///   - interference: nil passes on all.
  package init(
    at endpoint: Endpoint = .port(0), to server: Endpoint, receiveBufferBytes: CInt? = nil, connectionsMax: Int = .max,
    interference: (@Sendable () -> any Interference)? = nil
  ) throws {
    listener = try endpoint.bound(receiveBufferBytes: receiveBufferBytes)
    port = if case .port = endpoint { Endpoint.port(of: listener) } else { 0 }
    self.server = server
    guard listen(listener, 64) == 0 else { throw Spawn.Failure(call: "listen \(endpoint)", code: errno) }
    Thread.detachNewThread { [self] in
      for _ in 0..<connectionsMax {
        guard let client = next() else { return }
        Thread.detachNewThread { [self] in serve(client, interference?() ?? Faithful()) }
      }
    }
  }

  /// Each of its threads holds it, so that none of them uses the listener any more.
  deinit { close(listener) }

  /// Both sides of every connection see a hang-up.
  package func cut() { state.withLock { for socket in $0.open { shutdown(socket, CInt(SHUT_RDWR)) } } }

  /// Nobody else is served; who is being served still is.
  package func stopListening() {
    state.withLock { $0.isEnding = true }
    shutdown(listener, CInt(SHUT_RDWR))
  }

  private struct Faithful: Interference {
    func bytesMax(from side: Side) -> Int { .max }
    func decision(on count: Int, from side: Side) -> Decision { .pass }
  }

  private func next() -> CInt? {
    let client = accept(listener, nil, nil)
    guard client >= 0 else { return nil }
    _ = fcntl(client, F_SETFD, FD_CLOEXEC)
    guard state.withLock({ $0.isEnding }) else { return client }
    close(client)
    return nil
  }

  private func serve(_ client: CInt, _ interference: any Interference) {
    defer { close(client) }
    guard let server = try? server.connected() else { return }
    defer { close(server) }
    state.withLock { $0.open.formUnion([client, server]) }
    defer { state.withLock { $0.open.subtract([client, server]) } }
    Relay.forward(client, server, interference)
  }

  /// Until one of both hangs up, or the interference does.
  private static func forward(_ client: CInt, _ server: CInt, _ interference: any Interference) {
    var interference = interference
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let bytesMax = [interference.bytesMax(from: .client), interference.bytesMax(from: .server)]
      var both = zip([client, server], bytesMax).map { socket, bytesMax in
        pollfd(fd: socket, events: bytesMax > 0 ? CShort(POLLIN) : 0, revents: 0)
      }
      guard unsafe poll(&both, 2, -1) > 0 else { return }
      let side: Side = both[0].revents != 0 ? .client : .server
      let (source, sink, readable) = side == .client ? (client, server, bytesMax[0]) : (server, client, bytesMax[1])
      guard readable > 0 else { return }  // of a side that is left unread, poll tells nothing but its end
      let count = unsafe recv(source, &buffer, min(readable, buffer.count), 0)
      guard count > 0 else { return }
      switch interference.decision(on: count, from: side) {
      case .pass: guard send(buffer.prefix(count), to: sink) else { return }
      case .passFirst(let first):
        _ = send(buffer.prefix(min(first, count)), to: sink)
        return
      case .swallow: continue
      case .hangUp: return
      }
    }
  }

  private static func send(_ bytes: ArraySlice<UInt8>, to sink: CInt) -> Bool {
    var left = bytes
    while !left.isEmpty {
      let count = unsafe left.withUnsafeBytes { unsafe Glibc.send(sink, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
      guard count > 0 else { return false }
      left = left.dropFirst(count)
    }
    return true
  }
}
