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

  func respond(to request: Request, context: Context) async throws -> Response {
    let response = await answer(to: request, from: context.peer)
    return request.method == .head ? response.createHeadResponse() : response
  }

  private func answer(to request: Request, from peer: SocketAddress?) async -> Response {
    let id = ActivationID.random()
    switch Route(request.head.path ?? "") {
    case .home: return request.head.asksForHTML ? Page.home : home
    case .connect: return Page.connect
    case .function(let name, let path, let query):
      guard let pool = pools[name] else { return Problem.notFound.response(id) }
      guard let body = await body(of: request) else {
        return Problem.tooLarge(limit: limits.requestBodyBytesMax).response(id)
      }
      let line = EventLine(
        head: request.head, path: path, query: query, body: body, peer: peer?.ipAddress, activation: id,
        function: pool.function, limit: limits.activation)
      return await reply(of: pool, to: line)
    case .unknown:
      // The dashboard's static files will be looked up here.
      return Problem.notFound.response(id)
    }
  }

  private func reply(of pool: FunctionPool, to line: EventLine) async -> Response {
    do {
      return try Response(ReplyLine(await pool.reply { line.encoded() }))
    } catch {
      let failure = error as? FunctionFailure ?? .died
      writeToStandardError(
        ByteBuffer(string: "gateway: \(pool.function.name) \(failure) activation=\(line.activation)\n"))
      return failure.problem.response(line.activation)
    }
  }

  /// Nil when it is too large. What its sender left unfinished counts as too large: nobody reads the answer.
  private func body(of request: Request) async -> ByteBuffer? {
    if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limits.requestBodyBytesMax {
      return nil
    }
    return try? await request.body.collect(upTo: limits.requestBodyBytesMax)
  }

  private var home: Response {
    let functions = pools.keys.sorted().map { JSON.string("/\(Function.package)/\($0)") }
    let body: JSON = [
      "name": "Breath Master Sync", "what": "local gateway in front of the functions", "functions": .array(functions),
    ]
    return Response(
      status: .ok, headers: [.contentType: "application/json"],
      body: .init(byteBuffer: ByteBuffer(bytes: body.encoded)))
  }
}

extension FunctionFailure {
  fileprivate var problem: Problem {
    switch self {
    case .gone, .cannotStart, .died, .brokeFraming: .functionFailed
    case .timedOut: .timedOut
    case .busy: .busy
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
