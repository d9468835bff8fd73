internal import CrossOrigin
internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOPosix

/// The function platform on one machine: HTTP in front of the function executables, which it starts and talks to
/// over pipes as DigitalOcean Functions does (docs/design/platform.md). It knows nothing of what they do and has no
/// database.
///
/// All of it runs on one event loop: a request costs about a tenth of a millisecond here, so one core is enough
/// to keep the functions on the others busy, and nothing has to hop between threads.
package struct Gateway: Sendable {
  package struct Configuration: Sendable {
    package var host: String
    package var port: Int
    /// Where the executables are, each named as its function.
    package var binDirectory: String
    /// Processes per function, that is, how many events of one function run at a time.
    package var poolSize: Int
    /// Function → its environment. Exactly these functions are served, and nothing else reaches them.
    package var environments: [String: [String: String]]
    /// Function → paths on which it asks somebody else's server (`Function.outboundPaths`).
    package var outboundPaths: [String: Set<String>] = [:]
    /// The list that the functions have too (`BREATH_CORS_ORIGINS`).
    package var corsOrigins: String?
    /// Whose word about a caller's address counts.
    package var trustedProxies = TrustedProxies.none
    package var limits = Limits()

    package init(
      host: String, port: Int, binDirectory: String, poolSize: Int, environments: [String: [String: String]]
    ) {
      self.host = host
      self.port = port
      self.binDirectory = binDirectory
      self.poolSize = poolSize
      self.environments = environments
    }
  }

  private let configuration: Configuration
  private let onListening: @Sendable (Int) async -> Void

  /// - Parameter onListening: called once with the port, when requests are accepted.
  package init(_ configuration: Configuration, onListening: @escaping @Sendable (Int) async -> Void = { _ in }) {
    self.configuration = configuration
    self.onListening = onListening
  }

  /// Serves until SIGINT, SIGTERM or cancellation; then finishes the running requests and ends the processes.
  /// - Throws: `GatewayError` when it cannot start.
  package func run() async throws {
    let executor = LoopExecutor(MultiThreadedEventLoopGroup.singleton.any())
    let pools = try pools(on: executor)
    try await withTaskExecutorPreference(executor) {
      let outcome: Result<Void, any Error>
      do { outcome = .success(try await application(pools, on: executor).runService()) } catch {
        outcome = .failure(explained(error))
      }
      for pool in pools.values { await pool.stop() }
      try outcome.get()
    }
  }

  private func pools(on executor: LoopExecutor) throws -> [String: FunctionPool] {
    try Dictionary(
      uniqueKeysWithValues: configuration.environments.map { name, environment in
        let function = Function(
          name: name, executable: "\(configuration.binDirectory)/\(name)", environment: environment,
          outboundPaths: configuration.outboundPaths[name, default: []])
        guard function.isExecutable else { throw GatewayError.noExecutable(function.executable) }
        return (
          name, FunctionPool(function, size: configuration.poolSize, limits: configuration.limits, on: executor)
        )
      })
  }

  private func application(_ pools: [String: FunctionPool], on executor: LoopExecutor) -> some ApplicationProtocol {
    var log = Logger(label: "gateway", factory: { StreamLogHandler.standardError(label: $0) })
    log.logLevel = .critical  // Hummingbird's own remarks: what matters comes as an error thrown to us.
    let responder = GatewayResponder(
      pools: pools, limits: configuration.limits, trustedProxies: configuration.trustedProxies,
      cors: CORS(configuration.corsOrigins))
    return Application(
      responder: responder,
      server: server(responder, on: executor),
      configuration: .init(address: .hostname(configuration.host, port: configuration.port)),
      onServerRunning: { channel in
        for pool in pools.values { await pool.warm() }
        await onListening(channel.localAddress?.port ?? configuration.port)
      },
      eventLoopGroupProvider: .shared(executor.loop),
      logger: log)
  }

  private func server(_ responder: GatewayResponder, on executor: LoopExecutor) -> HTTPServerBuilder {
    let limits = configuration.limits
    let pools = Array(responder.pools.values)
    let connections = NIOLoopBoundBox.makeBoxSendingValue(
      Connections(limits: limits, trustedProxies: configuration.trustedProxies) {
        _ = Task(executorPreference: executor) { for pool in pools { await pool.end() } }
      }, eventLoop: executor.loop)
    var http1 = HTTP1Channel.Configuration()
    http1.httpDecoder = .init(
      maxHeaderFieldSize: limits.headBytesMax, maxHeaderListSize: limits.headBytesMax,
      maxHeaderFieldCount: limits.fieldsMax)
    return HTTPServerBuilder { [http1] respond in
      GatewayChannel(http1: HTTP1Channel(responder: respond, configuration: http1)) {
        ConnectionHandler(
          limits: limits, connections: connections.value, cors: responder.cors,
          refusal: { responder.isServed($0) ? nil : responder.notFound })
      }
    }
  }

  private func explained(_ error: any Error) -> any Error {
    GatewayError(binding: error, host: configuration.host, port: configuration.port) ?? error
  }
}
