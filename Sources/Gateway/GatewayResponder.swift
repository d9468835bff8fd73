internal import CrossOrigin
internal import Hummingbird
internal import NIOCore
internal import StrictJSON

/// Answers a request by the function that its path names.
struct GatewayResponder: HTTPResponder {
  struct Context: InitializableFromSource {
    let peer: SocketAddress?
    init(source: ApplicationRequestContextSource) { peer = source.channel.remoteAddress }
  }

  let pools: [String: FunctionPool]
  let limits: Limits
  let trustedProxies: TrustedProxies
  let cors: CORS

  func respond(to request: Request, context: Context) async throws -> Response {
    let response = await answer(to: request, from: context.peer)
    return request.method == .head ? response.createHeadResponse() : response
  }

  /// Whether anything but 404 can come of it.
  func isServed(_ target: String) -> Bool {
    switch Route(target) {
    case .home, .connect: true
    case .function(let name, _, _): pools[name] != nil
    case .unknown: false
    }
  }

  /// Names the functions, so that whoever mistyped one sees what there is.
  var notFound: Problem { .notFound(functions: pools.keys.sorted()) }

  private func answer(to request: Request, from peer: SocketAddress?) async -> Response {
    let id = ActivationID.random()
    let crossOrigin = cors.headers(for: request.headers[.origin])
    switch Route(request.head.path ?? "") {
    case .home: return request.head.asksForHTML ? Page.home : home(crossOrigin)
    case .connect: return Page.connect
    case .function(let name, let path, let query):
      guard let pool = pools[name] else { return notFound.response(id, crossOrigin) }
      // Whole already, and not too large; whose sender is gone gets no answer anyway.
      guard let body = try? await request.body.collect(upTo: limits.requestBodyBytesMax) else {
        return Problem.malformed("it ended too early").response(id, crossOrigin)
      }
      let line = EventLine(
        head: request.head, path: path, query: query, body: body, client: client(of: request, from: peer),
        activation: id, function: pool.function, limit: limits.activation)
      return await reply(of: pool, to: line, crossOrigin)
    case .unknown where request.method == .options && request.head.path == "*":
      return Response(status: .noContent)
    case .unknown:
      // The dashboard's static files will be looked up here.
      return notFound.response(id, crossOrigin)
    }
  }

  private func client(of request: Request, from peer: SocketAddress?) -> IPAddress? {
    peer?.ipAddress.flatMap { IPAddress($0) }.map { trustedProxies.client(of: request.headers, from: $0) }
  }

  private func reply(of pool: FunctionPool, to line: EventLine, _ crossOrigin: [(String, String)]) async -> Response {
    let caller = Caller(line.head.headerFields, from: line.client)
    do {
      let isOutbound = pool.function.isOutbound(line.path)
      return try Response(ReplyLine(await pool.reply(for: caller, isOutbound: isOutbound) { line.encoded() }))
    } catch {
      let failure = error as? FunctionFailure ?? .died
      writeToStandardError(
        ByteBuffer(string: "gateway: \(pool.function.name) \(failure) activation=\(line.activation)\n"))
      return failure.problem.response(line.activation, crossOrigin)
    }
  }

  private func home(_ crossOrigin: [(String, String)]) -> Response {
    let functions = pools.keys.sorted().map { JSON.string("/\(Function.package)/\($0)") }
    let body: JSON = [
      "name": "Breath Master Sync", "what": "local gateway in front of the functions", "functions": .array(functions),
    ]
    return Response(
      status: .ok, headers: HTTPFields([("Content-Type", "application/json")] + crossOrigin),
      body: .init(byteBuffer: ByteBuffer(bytes: body.encoded)))
  }
}

extension FunctionFailure {
  fileprivate var problem: Problem {
    switch self {
    case .gone, .cannotStart, .died, .brokeFraming: .functionFailed
    case .timedOut: .timedOut
    case .busy: .busy
    case .busyCaller: .busyCaller
    case .busyProvider: .busyProvider
    case .ending: .ending
    }
  }
}

/// 32 hexadecimal digits, as the platform's.
enum ActivationID {
  static func random() -> String { half() + half() }

  private static func half() -> String {
    let digits = String(UInt64.random(in: .min ... .max), radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }
}
