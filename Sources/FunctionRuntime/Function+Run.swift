import StrictJSON

extension Function {
  /// Makes the function and serves it until the end of input; then the process ends with 0, with 1 when the function
  /// cannot be made or its streams fail.
  ///
  /// All of it happens in one detached task: what `make` creates need not be `Sendable`, and when a library hops to an
  /// actor of its own the thread stays the same. Reading blocks that thread, which has nothing else to do.
  package static func run(_ make: @escaping @Sendable () async throws -> Function) async -> Never {
    await Task.detached {
      do {
        try await make().serve()
        exitProcess(0)
      } catch {
        fail(error)
      }
    }.value
    exitProcess(1)
  }

  /// The same, where it is called from.
  package func run() async -> Never {
    do {
      try await serve()
    } catch {
      Function.fail(error)
    }
    exitProcess(0)
  }

  /// Serves the platform when it says that it waits for the acknowledgement, else whoever pipes events in.
  /// - Parameter streams: nil for those of the process.
  package func serve(_ streams: Streams? = nil, world: World = World()) async throws {
    ignoreBrokenPipes()
    let responder = Responder(self, world: world)
    if world.environment["__OW_WAIT_FOR_ACK"] != nil {
      try await ActionLoop(responder: responder, streams: streams ?? Streams()).run()
    } else {
      try await PipedLoop(responder: responder, streams: streams ?? .piped()).run()
    }
  }

  private static func fail(_ error: any Error) -> Never {
    let world = World()
    LogLine(
      .error, "function ended", ["type": .string("\(type(of: error))"), "error": .string("\(error)")],
      requestID: nil, at: world.now()
    ).write(to: world.logDescriptor)
    exitProcess(1)
  }
}
