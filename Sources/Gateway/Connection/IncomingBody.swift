internal import NIOCore

/// A body on its way in, and whether it comes fast enough: in `Limits.body`, or as long as it keeps a pace.
struct IncomingBody {
  private(set) var bytes = ByteBuffer()
  private let began = ContinuousClock.now
  private let limits: Limits
  /// At the last look.
  private var seenBytes = 0

  init(limits: Limits) { self.limits = limits }

  mutating func append(_ part: ByteBuffer) { bytes.writeImmutableBuffer(part) }

  func age(at now: ContinuousClock.Instant) -> Duration { now - began }

  /// How long to wait before the next look: a quarter of the time, as long as it may go on.
  var untilNextLook: Duration { limits.body / 4 }

  /// Called each time `untilNextLook` has passed.
  mutating func isTooSlow(at now: ContinuousClock.Instant) -> Bool {
    defer { seenBytes = bytes.readableBytes }
    let age = age(at: now)
    // A timer may come a little early.
    guard age + .milliseconds(1) >= limits.body else { return false }
    let pace = Double(limits.bodyBytesPerSecondMin) * (untilNextLook / .seconds(1))
    return age >= limits.bodyMax || Double(bytes.readableBytes - seenBytes) < pace
  }
}
