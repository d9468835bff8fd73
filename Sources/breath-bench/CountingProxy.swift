internal import Glibc
internal import ToolSupport

/// Stands between a function and PostgreSQL and counts what passes: the wire itself says how many round trips a request
/// costs, whatever either side believes.
///
/// Runs only inside `pump`, in the caller's thread.
final class CountingProxy {
  let port: Int
  /// Messages after which a client waits for the server: Sync, Query, Flush (protocol 3.0, "Message Formats").
  private(set) var pipelines = 0
  /// ReadyForQuery messages: the server has answered a Sync or a Query.
  private(set) var answers = 0
  private let listener: CInt
  private let upstreamPort: Int
  private var links: [Link] = []

  private struct Link {
    let client, server: CInt
    var fromClient = MessageScanner(beginsUntyped: true)
    var fromServer = MessageScanner(beginsUntyped: false)
  }

  init(to upstreamPort: Int) throws {
    self.upstreamPort = upstreamPort
    (listener, port) = try Sockets.listen()
  }

  deinit { for end in [listener] + links.flatMap({ [$0.client, $0.server] }) { close(end) } }

  /// Passes on what comes until `descriptor` is readable.
  func pump(until descriptor: CInt) throws {
    while true {
      let ends = links.flatMap { [$0.client, $0.server] }
      let ready = Descriptors.wait(for: ends + [listener, descriptor])
      for place in ready where place < ends.count { try pass(from: place) }
      if ready.contains(ends.count) {
        links.append(Link(client: Sockets.accept(listener), server: try Sockets.connect(port: upstreamPort)))
      }
      if ready == [ends.count + 1] { return }
    }
  }

  private func pass(from place: Int) throws {
    let isClient = place.isMultiple(of: 2)
    let link = links[place / 2]
    var bytes: [UInt8] = []
    guard Descriptors.read(from: isClient ? link.client : link.server, into: &bytes) else {
      throw Failure(.unavailable, "The connection to the database ended in the middle of a measurement.")
    }
    try Descriptors.write(bytes, to: isClient ? link.server : link.client)
    if isClient {
      pipelines += links[place / 2].fromClient.types(in: bytes).count { "SQH".utf8.contains($0) }
    } else {
      answers += links[place / 2].fromServer.types(in: bytes).count { $0 == UInt8(ascii: "Z") }
    }
  }
}

/// Cuts one direction of PostgreSQL's protocol into messages: a type, a length that counts itself, a body.
struct MessageScanner {
  private var header: [UInt8] = []
  private var bodyLeft = 0
  /// A client's first message has no type.
  private var isUntyped: Bool

  init(beginsUntyped: Bool) { isUntyped = beginsUntyped }

  /// - Returns: the types of the messages that begin in `bytes`.
  mutating func types(in bytes: [UInt8]) -> [UInt8] {
    var types: [UInt8] = []
    var at = 0
    while at < bytes.count {
      let skipped = min(bodyLeft, bytes.count - at)
      bodyLeft -= skipped
      at += skipped
      guard at < bytes.count else { break }
      header.append(bytes[at])
      at += 1
      guard header.count == (isUntyped ? 4 : 5) else { continue }
      bodyLeft = header.suffix(4).reduce(0) { $0 << 8 | Int($1) } - 4
      if !isUntyped { types.append(header[0]) }
      isUntyped = false
      header = []
    }
    return types
  }
}
