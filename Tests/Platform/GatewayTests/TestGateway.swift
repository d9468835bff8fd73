import AsyncHTTPClient
import FoundationEssentials
import Gateway
import NIOCore
import NIOHTTP1

/// A gateway in this process with fake functions behind it, and a client for it.
struct TestGateway: Sendable {
  let port: Int
  /// Of the fake functions.
  let folder: URL

  static func run(
    functions: [String] = ["sync"], script: String = FakeFunction.script, poolSize: Int = 1,
    environments: [String: [String: String]] = [:], limits: Limits = Limits(),
    trustedProxies: TrustedProxies = .none, outboundPaths: [String: Set<String>] = [:],
    _ body: @escaping @Sendable (TestGateway) async throws -> Void
  ) async throws {
    await turnstile.enter()
    defer { turnstile.leave() }
    let folder = try FakeFunction.folder(functions, script: script)
    defer { try? FileManager.default.removeItem(at: folder) }
    var configuration = Gateway.Configuration(
      host: "127.0.0.1", port: 0, binDirectory: folder.path, poolSize: poolSize,
      environments: Dictionary(uniqueKeysWithValues: functions.map { ($0, environments[$0] ?? [:]) }))
    configuration.limits = limits
    configuration.trustedProxies = trustedProxies
    configuration.outboundPaths = outboundPaths
    configuration.corsOrigins = "vscode-webview:,https://dash.example"
    let (ports, listening) = AsyncStream.makeStream(of: Int.self)
    let gateway = Gateway(configuration) { listening.yield($0) }
    try await withThrowingTaskGroup { group in
      group.addTask {
        defer { listening.finish() }
        try await gateway.run()
      }
      for await port in ports {
        try await body(TestGateway(port: port, folder: folder))
        break
      }
      group.cancelAll()
      try? await group.waitForAll()
    }
  }

  /// Times are short in these tests: a hundred gateways that start at once would take all of them to get going.
  private static let turnstile = Turnstile(places: 4)

  func send(
    _ method: String, _ path: String, headers: [(String, String)] = [], body: ByteBuffer? = nil
  ) async throws -> Answer {
    var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
    request.method = HTTPMethod(rawValue: method)
    request.headers = HTTPHeaders(headers)
    request.body = body.map { .bytes($0) }
    let response = try await Self.client.execute(request, timeout: .seconds(60))
    return Answer(
      status: Int(response.status.code), fields: response.headers.map { (name: $0.name, value: $0.value) },
      body: try await response.body.collect(upTo: 4 << 20))
  }

  private static let client = {
    var configuration = HTTPClient.Configuration()
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
    configuration.decompression = .disabled
    return HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
  }()
}
