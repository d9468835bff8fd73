/// What the platform allows (docs/design/platform.md, "Limits"), and how long the gateway waits for what.
package struct Limits: Sendable {
  package var requestBodyBytesMax = 1 << 20
  package var replyBytesMax = 1 << 20
  /// From the event written until the reply and the end of the logs.
  package var activation = Duration.seconds(30)
  /// From the start of a process until its `{"ok":true}`.
  package var start = Duration.seconds(10)
  /// From the end of standard input until a process has to be gone.
  package var stop = Duration.seconds(3)
  /// For a free process.
  package var queueing = Duration.seconds(30)
  package var queuedMax = 1000

  /// Names and values of the fields together.
  package var headBytesMax = 32 << 10
  package var fieldsMax = 200
  /// A connection with nothing to do, and one whose next head is not complete.
  package var idle = Duration.seconds(75)
  /// For a body; one that goes on at `bodyBytesPerSecondMin` has until `bodyMax`.
  package var body = Duration.seconds(10)
  package var bodyMax = Duration.seconds(70)
  package var bodyBytesPerSecondMin = 16 << 10
  /// Bytes of the bodies of all requests that no process has answered yet.
  package var bodiesBytesMax = 64 << 20
  /// From an answer that ends a connection until the connection is gone, so that its sender can read it.
  package var lingering = Duration.seconds(2)
  /// From one address, or 64 bits of IPv6; a trusted proxy has no limit.
  package var connectionsPerAddressMax = 512

  /// How many of a function's processes may wait for somebody else's server at a time.
  static let outboundMax = 2

  package init() {}

  /// One caller of many never has all the places in a queue.
  var queuedPerCallerMax: Int { queuedMax / 2 }
}
