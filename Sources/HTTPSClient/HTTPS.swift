internal import FoundationEssentials
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL

/// One request to a server that the operator named, never a caller, on a connection of its own: TLS verified, no redirects
/// followed, small answers only. NIO without a client on top, for the megabytes (docs/decisions/0015).
package enum HTTPS {
  enum Failure: Error { case malformedURL, tooLate, answerTooLarge, noAnswer }

  private static let connectSeconds: Int64 = 4
  private static let callSecondsMax = Duration.seconds(8)
  private static let answerBytesMax = 256 << 10

  /// - Parameter deadline: when the answer is of no use any more.
  /// - Throws: whatever went wrong, in words that may be logged.
  package static func send(
    _ method: String, to url: String, headers: [(String, String)], body: [UInt8], deadline: ContinuousClock.Instant
  ) async throws -> (status: Int, body: [UInt8]) {
    guard let target = Target(url) else { throw Failure.malformedURL }
    let left = min(deadline - .now, callSecondsMax)
    guard left > .zero else { throw Failure.tooLate }
    let connection = try await connect(to: target)
    // Whatever is waited for ends with the connection.
    let alarm = connection.channel.eventLoop.scheduleTask(in: TimeAmount(left)) {
      connection.channel.close(promise: nil)
    }
    defer { alarm.cancel() }
    return try await connection.executeThenClose { answers, requests in
      // At once: a server that has its answer ready before the end of the request may close.
      try await requests.write(contentsOf: target.request(method, headers, body))
      return try await answer(in: answers)
    }
  }

  private typealias Connection = NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>

  private static func connect(to target: Target) async throws -> Connection {
    try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .connectTimeout(.seconds(connectSeconds))
      .connect(host: target.host, port: target.port) { channel in
        channel.eventLoop.makeCompletedFuture {
          if target.usesTLS {
            try channel.pipeline.syncOperations.addHandler(
              NIOSSLClientHandler(context: tls.get(), serverHostname: target.host))
          }
          try channel.pipeline.syncOperations.addHTTPClientHandlers()
          return try Connection(wrappingChannelSynchronously: channel)
        }
      }
  }

  private static func answer(
    in parts: NIOAsyncChannelInboundStream<HTTPClientResponsePart>
  ) async throws -> (status: Int, body: [UInt8]) {
    var status: Int?
    var body: [UInt8] = []
    for try await part in parts {
      switch part {
      case .head(let head): status = Int(head.status.code)
      case .body(let bytes):
        guard body.count + bytes.readableBytes <= answerBytesMax else { throw Failure.answerTooLarge }
        body += bytes.readableBytesView
      case .end:
        guard let status else { throw Failure.noAnswer }
        return (status, body)
      }
    }
    throw Failure.noAnswer
  }

  /// Made on first use: full verification, the host's name included. With the certificates of the bundle, because the
  /// platform's image may have none.
  private static let tls = Result {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv12
    if let file = ProcessInfo.processInfo.environment["SSL_CERT_FILE"], !file.isEmpty {
      configuration.trustRoots = .file(file)
    }
    return try NIOSSLContext(configuration: configuration)
  }
}

/// Where a request goes, read from its address.
private struct Target {
  let usesTLS: Bool
  let host: String
  let port: Int
  private let path: String

  init?(_ url: String) {
    guard let parts = URLComponents(string: url), let scheme = parts.scheme, let host = parts.host, !host.isEmpty,
      ["http", "https"].contains(scheme)
    else { return nil }
    usesTLS = scheme == "https"
    self.host = host
    port = parts.port ?? (usesTLS ? 443 : 80)
    let query = parts.percentEncodedQuery.map { "?\($0)" } ?? ""
    path = (parts.percentEncodedPath.isEmpty ? "/" : parts.percentEncodedPath) + query
  }

  func request(_ method: String, _ headers: [(String, String)], _ body: [UInt8]) -> [HTTPClientRequestPart] {
    let sent: [HTTPClientRequestPart] = body.isEmpty ? [] : [.body(.byteBuffer(ByteBuffer(bytes: body)))]
    return [.head(head(method, headers, bodyBytes: body.count))] + sent + [.end(nil)]
  }

  private func head(_ method: String, _ headers: [(String, String)], bodyBytes: Int) -> HTTPRequestHead {
    var headers = HTTPHeaders(headers)
    headers.add(name: "Host", value: port == (usesTLS ? 443 : 80) ? host : "\(host):\(port)")
    headers.add(name: "Connection", value: "close")
    if bodyBytes > 0 { headers.add(name: "Content-Length", value: "\(bodyBytes)") }
    return HTTPRequestHead(version: .http1_1, method: HTTPMethod(rawValue: method), uri: path, headers: headers)
  }
}
