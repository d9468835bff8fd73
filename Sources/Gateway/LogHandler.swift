internal import Glibc
internal import NIOCore

enum LogStream: Sendable { case output, error }

/// Forwards what a function logs to our standard error, line by line with the function's name in front, and tells
/// the reply channel when the sentinel says that an activation's log is complete.
final class LogHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private static let sentinel = "XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX"
  private static let lineBytesMax = 64 << 10

  private let stream: LogStream
  private let prefix: String
  private let replies: any Channel
  private var lines = LineBuffer()

  init(_ stream: LogStream, of function: String, replies: any Channel) {
    self.stream = stream
    self.prefix = "\(function): "
    self.replies = replies
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    lines.append(unwrapInboundIn(data))
    var forwarded = ByteBuffer()
    var sentinels = 0
    while let line = lines.next() {
      if line.readableBytesView.elementsEqual(Self.sentinel.utf8) { sentinels += 1 } else { add(line, to: &forwarded) }
    }
    if lines.count > Self.lineBytesMax { add(lines.rest(), to: &forwarded) }
    writeToStandardError(forwarded)
    for _ in 0..<sentinels { replies.pipeline.fireUserInboundEventTriggered(stream) }
  }

  func channelInactive(context: ChannelHandlerContext) {
    var forwarded = ByteBuffer()
    if !lines.isEmpty { add(lines.rest(), to: &forwarded) }
    writeToStandardError(forwarded)
    context.fireChannelInactive()
  }

  private func add(_ line: ByteBuffer, to forwarded: inout ByteBuffer) {
    guard line.readableBytes > 0 else { return }
    forwarded.writeString(prefix)
    forwarded.writeImmutableBuffer(line)
    forwarded.writeInteger(UInt8(ascii: "\n"))
  }
}

/// In one call, so that lines of several processes do not mix.
func writeToStandardError(_ bytes: ByteBuffer) {
  guard bytes.readableBytes > 0 else { return }
  _ = unsafe bytes.withUnsafeReadableBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
}
