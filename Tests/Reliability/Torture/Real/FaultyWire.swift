import Foundation
import Glibc
import Synchronization
import TestSupport

/// A wire between functions and PostgreSQL that is cut, slow, or swallows what it is given, until it is healed.
final class FaultyWire: Sendable {
  private enum Fault {
    /// The request does not arrive.
    case cutRequest
    /// The request arrives and the reply, that of COMMIT too, does not.
    case cutReply
    /// Half of the reply arrives.
    case halveReply
    /// Some milliseconds.
    case delay
    /// Everything is swallowed, and nobody hangs up.
    case blackHole
  }

  let port: UInt16
  private let listener: CInt
  private let server: UInt16
  private let random: Mutex<Seeded>
  private let faulty = Atomic(true)

  init(to server: UInt16, seed: UInt64) throws {
    self.server = server
    random = Mutex(Seeded(seed &+ 99))
    listener = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
    _ = fcntl(listener, F_SETFD, FD_CLOEXEC)
    var address = FaultyWire.loopback(0)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening = unsafe withUnsafeMutableBytes(of: &address) { [listener] bytes in
      let pointer = unsafe bytes.assumingMemoryBound(to: sockaddr.self).baseAddress!
      return unsafe bind(listener, pointer, size) == 0 && listen(listener, 16) == 0
        && getsockname(listener, pointer, &size) == 0
    }
    guard isListening else { throw Executable.Ended(log: "no port for a wire") }
    port = UInt16(bigEndian: address.sin_port)
    let thread = Thread { [weak self, listener] in
      while true {
        let client = accept(listener, nil, nil)
        guard client >= 0, let self else { return }
        _ = fcntl(client, F_SETFD, FD_CLOEXEC)
        self.serve(client)
      }
    }
    thread.start()
  }

  deinit {
    shutdown(listener, CInt(SHUT_RDWR))
    close(listener)
  }

  var isFaulty: Bool { faulty.load(ordering: .relaxed) }

  func heal() { faulty.store(false, ordering: .relaxed) }

  private func nextFault() -> Fault? {
    guard isFaulty else { return nil }
    return random.withLock { random in
      switch random.number(0...99) {
      case 0..<4: .cutRequest
      case 4..<9: .cutReply
      case 9..<12: .halveReply
      case 12..<20: .delay
      case 20..<21: .blackHole
      default: nil
      }
    }
  }

  private func serve(_ client: CInt) {
    let server = server
    let fault: @Sendable () -> Fault? = { [weak self] in self?.nextFault() }
    Thread {
      defer { close(client) }
      let upstream = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
      _ = fcntl(upstream, F_SETFD, FD_CLOEXEC)
      defer { close(upstream) }
      var address = FaultyWire.loopback(server)
      let isConnected = unsafe withUnsafeBytes(of: &address) { bytes in
        unsafe Glibc.connect(
          upstream, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress!, socklen_t(bytes.count)) == 0
      }
      if isConnected { FaultyWire.forward(client, upstream, fault) }
    }.start()
  }

  /// Until one of both hangs up, or a fault does.
  private static func forward(_ client: CInt, _ upstream: CInt, _ nextFault: () -> Fault?) {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    var fault: Fault?
    while true {
      var both = [
        pollfd(fd: client, events: Int16(POLLIN), revents: 0), pollfd(fd: upstream, events: Int16(POLLIN), revents: 0),
      ]
      guard unsafe poll(&both, 2, -1) > 0 else { return }
      let isRequest = both[0].revents != 0
      let count = unsafe recv(isRequest ? client : upstream, &buffer, buffer.count, 0)
      guard count > 0 else { return }
      if isRequest { fault = nextFault() }
      switch (fault, isRequest) {
      case (.cutRequest, true), (.cutReply, false): return
      case (.halveReply, false):
        _ = send(buffer.prefix(count / 2), to: client)
        return
      case (.delay, true): usleep(20_000)
      case (.blackHole, false): continue
      default: break
      }
      guard send(buffer.prefix(count), to: isRequest ? upstream : client) else { return }
    }
  }

  private static func send(_ bytes: ArraySlice<UInt8>, to socket: CInt) -> Bool {
    var rest = bytes
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes {
        unsafe Glibc.send(socket, $0.baseAddress!, $0.count, CInt(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  private static func loopback(_ port: UInt16) -> sockaddr_in {
    sockaddr_in(
      sin_family: sa_family_t(AF_INET), sin_port: port.bigEndian,
      sin_addr: in_addr(s_addr: UInt32(0x7f00_0001).bigEndian), sin_zero: (0, 0, 0, 0, 0, 0, 0, 0))
  }
}
