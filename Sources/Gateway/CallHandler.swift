internal import Glibc
internal import NIOCore

/// An event on its way to a process, and where the reply goes.
struct Call: Sendable {
  let event: ByteBuffer
  let reply: EventLoopPromise<ByteBuffer>
}

/// Keeps the protocol with one process: for each event exactly one line on its descriptor 3, and the sentinel at the
/// end of either log. Whatever else comes, or comes too late, ends the process: a second line would be the
/// answer to the next caller (docs/design/platform.md, "The line protocol").
final class CallHandler: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = Call
  typealias OutboundOut = ByteBuffer

  private struct Activation {
    let promise: EventLoopPromise<ByteBuffer>
    let timeout: Scheduled<Void>
    var openLogs: Set<LogStream>
    var reply: ByteBuffer?
  }

  private let descriptor: CInt
  private let limits: Limits
  private let ready: EventLoopPromise<ByteBuffer>
  private var lines = LineBuffer()
  /// What the process is working at; nil while it waits for an event.
  private var activation: Activation?

  /// - Parameter descriptor: what the channel reads from.
  /// - Parameter ready: gets the first line, which answers no event.
  init(descriptor: CInt, limits: Limits, ready: EventLoopPromise<ByteBuffer>) {
    self.descriptor = descriptor
    self.limits = limits
    self.ready = ready
  }

  func handlerAdded(context: ChannelHandlerContext) {
    begin(ready, logs: [], limit: limits.start, context)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    let call = unwrapOutboundIn(data)
    guard activation == nil, hasNothingToRead else {
      call.reply.fail(FunctionFailure.gone)
      context.close(promise: nil)
      return
    }
    begin(call.reply, logs: [.output, .error], limit: limits.activation, context)
    context.write(wrapOutboundOut(call.event), promise: promise)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    lines.append(unwrapInboundIn(data))
    while let line = lines.next() {
      guard activation != nil, activation?.reply == nil else {
        return end(.brokeFraming("a line that nobody asked for"), context)
      }
      activation?.reply = line
    }
    guard lines.isEmpty || (activation != nil && activation?.reply == nil) else {
      return end(.brokeFraming("more than a line"), context)
    }
    guard lines.count <= limits.replyBytesMax, (activation?.reply?.readableBytes ?? 0) <= limits.replyBytesMax else {
      return end(.brokeFraming("a reply of more than \(limits.replyBytesMax) bytes"), context)
    }
    finishIfComplete(context)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard let stream = event as? LogStream else { return context.fireUserInboundEventTriggered(event) }
    activation?.openLogs.remove(stream)
    finishIfComplete(context)
  }

  func channelInactive(context: ChannelHandlerContext) {
    // After the end nothing can follow the line, and the logs are read to their end in any case.
    if let reply = activation?.reply { finish(reply) }
    end(.died, context)
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { end(.died, context) }

  private func begin(
    _ promise: EventLoopPromise<ByteBuffer>, logs: Set<LogStream>, limit: Duration, _ context: ChannelHandlerContext
  ) {
    let timeout = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limit)) {
      self.end(.timedOut, context)
    }
    activation = Activation(promise: promise, timeout: timeout, openLogs: logs)
  }

  private func finishIfComplete(_ context: ChannelHandlerContext) {
    guard let reply = activation?.reply, activation?.openLogs.isEmpty == true else { return }
    guard hasNothingToRead else { return }  // It is a second line, or the end: the next read tells.
    finish(reply)
  }

  private func finish(_ reply: ByteBuffer) {
    activation?.timeout.cancel()
    activation?.promise.succeed(reply)
    activation = nil
  }

  private func end(_ failure: FunctionFailure, _ context: ChannelHandlerContext) {
    activation?.timeout.cancel()
    activation?.promise.fail(failure)
    activation = nil
    context.close(promise: nil)
  }

  /// False also at the end of the process. Asked directly, because an event loop may not have looked yet.
  private var hasNothingToRead: Bool {
    var question = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&question, 1, 0) == 0
  }
}
