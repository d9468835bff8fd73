internal import Glibc
internal import ToolSupport

/// Something that takes one request at a time: a function's pipes, or a connection to the gateway.
protocol Lane: AnyObject {
  /// Readable when (a part of) an answer is there.
  var descriptor: CInt { get }
  func send(_ request: [UInt8]) throws
  /// Reads what there is.
  /// - Returns: the answer, or nil while it is not whole.
  /// - Throws: `Failure` also for an answer that is not 200 or 304: nothing of such a run counts.
  func receive() throws -> [UInt8]?
}

/// The calls below it all: whole writes, reads of what is there, waiting for several.
enum Descriptors {
  static func write(_ bytes: [UInt8], to descriptor: CInt) throws {
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes[written...].withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw Failure(.unavailable, "What is measured has ended: it takes no more requests.") }
      written += count
    }
  }

  /// Appends what there is, at most 64 KiB, which is what a pipe holds.
  /// - Returns: false at the end.
  static func read(from descriptor: CInt, into bytes: inout [UInt8]) -> Bool {
    let count = unsafe withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 1) { chunk in
      let count = unsafe Glibc.read(descriptor, chunk.baseAddress, chunk.count)
      if count > 0 { unsafe bytes.append(contentsOf: chunk[..<count]) }
      return count
    }
    return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR))
  }

  /// - Parameter timeout: nil waits for ever.
  /// - Returns: the places of those that are readable or at their end.
  static func wait(for descriptors: [CInt], timeout: Duration? = nil) -> [Int] {
    var list = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    let milliseconds = timeout.map { Int32(max(0, $0 / .milliseconds(1)).rounded(.down)) } ?? -1
    guard unsafe poll(&list, nfds_t(list.count), milliseconds) > 0 else { return [] }
    return list.indices.filter { list[$0].revents != 0 }
  }
}
