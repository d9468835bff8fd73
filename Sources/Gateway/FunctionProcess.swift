internal import Glibc
internal import NIOCore
internal import NIOPosix

/// A running function that takes one event at a time.
struct FunctionProcess: Sendable {
  private let channel: any Channel
  /// Succeeds when the process is gone and reaped.
  private let ended: EventLoopFuture<Void>
  private let stopLimit: Duration

  /// Starts it and waits until it says that it is ready.
  /// - Throws: `FunctionFailure.cannotStart`.
  static func start(_ function: Function, limits: Limits, on loop: any EventLoop) async throws -> FunctionProcess {
    do {
      let spawned = try spawn(function)
      let ready = loop.makePromise(of: ByteBuffer.self)
      let process = try await FunctionProcess(spawned, function, limits, ready: ready, on: loop)
      guard isReady(try await ready.futureResult.get()) else {
        process.channel.close(promise: nil)
        throw FunctionFailure.brokeFraming("its first line is not {\"ok\":true}")
      }
      return process
    } catch {
      throw FunctionFailure.cannotStart("\(error)")
    }
  }

  private init(
    _ spawned: Spawned, _ function: Function, _ limits: Limits, ready: EventLoopPromise<ByteBuffer>,
    on loop: any EventLoop
  ) async throws {
    stopLimit = limits.stop
    channel = try await NIOPipeBootstrap(group: loop)
      .channelOption(.allowRemoteHalfClosure, value: false)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let handler = CallHandler(descriptor: spawned.reply, limits: limits, ready: ready)
          try channel.pipeline.syncOperations.addHandler(handler)
        }
      }
      .takingOwnershipOfDescriptors(input: spawned.reply, output: spawned.input).get()
    ended = channel.closeFuture.flatMap { _ in
      kill(spawned.pid, SIGKILL)
      return NIOThreadPool.singleton.runIfActive(eventLoop: loop) { reap(spawned.pid) }
    }
    for (stream, descriptor) in [(LogStream.output, spawned.standardOutput), (.error, spawned.standardError)] {
      let replies = channel
      _ = try await NIOPipeBootstrap(group: loop)
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            let handler = LogHandler(stream, of: function.name, replies: replies)
            try channel.pipeline.syncOperations.addHandler(handler)
          }
        }
        .takingOwnershipOfDescriptor(input: descriptor).get()
    }
  }

  /// - Parameter event: one line with its line feed.
  /// - Returns: the function's line, without the line feed.
  /// - Throws: `FunctionFailure`; the process is then gone or about to be.
  func reply(to event: ByteBuffer) async throws -> ByteBuffer {
    let call = Call(event: event, reply: channel.eventLoop.makePromise())
    // What was not written whole has no line feed yet, so nothing was done with it.
    channel.writeAndFlush(call).whenFailure { _ in call.reply.fail(FunctionFailure.gone) }
    return try await call.reply.futureResult.get()
  }

  /// Ends its input and waits until it is gone; killed when it takes too long.
  func stop() async {
    channel.close(mode: .output, promise: nil)
    let patience = channel.eventLoop.scheduleTask(in: TimeAmount(stopLimit)) { [channel] in
      channel.close(promise: nil)
    }
    try? await ended.get()
    patience.cancel()
  }
}

private func isReady(_ line: ByteBuffer) -> Bool {
  String(buffer: line).filter { !$0.isWhitespace } == #"{"ok":true}"#
}

private func reap(_ pid: pid_t) {
  var status: CInt = 0
  while unsafe waitpid(pid, &status, 0) == -1, errno == EINTR {}
}
