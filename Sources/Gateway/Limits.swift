internal import NIOCore

/// What the platform allows (PLATFORM 3), and how long the gateway waits for what.
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

  package init() {}

  static let idleConnection = TimeAmount.seconds(75)
  static let retryAfterSeconds = 1
}
