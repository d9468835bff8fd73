import CrossOrigin
import StrictJSON

/// Makes the one line that answers one event, whatever the event is and whatever its handler does.
///
/// Between two events it keeps nothing but whether there was one before.
package final class Responder {
  private let function: Function
  private let routes: RouteTable
  private let cors: CORS
  private let world: World
  private var isCold = true

  package init(_ function: Function, world: World = World()) {
    self.function = function
    self.world = world
    routes = RouteTable(routes: function.routes)
    cors = CORS(world.environment[.corsOrigins])
  }

  /// - Parameter line: an event, or the platform's envelope around one.
  /// - Returns: one JSON object and one line feed.
  package func answer(_ line: [UInt8]) async -> [UInt8] {
    let event: Event
    do { event = try Event(parsing: line) } catch { return refuse(error) }
    switch event.content {
    case .http(let http):
      let context = Context(
        activationID: event.activationID, deadlineMs: event.deadlineMs, headers: http.headers, world: world)
      return await answer(http, context)
    case .invocation(let json):
      let context = Context(
        activationID: event.activationID, deadlineMs: event.deadlineMs, budgetMax: Context.invocationBudgetMax,
        world: world)
      return await answer(invocation: json, context)
    }
  }

  /// The answer to a line that is no event.
  func refuse(_ problem: Problem) -> [UInt8] {
    let context = Context(world: world)
    return render(problem.reply(requestID: context.requestID), Headers(), context, ["event": "refused"])
  }

  private static let responseTooLarge = Problem(
    500, code: "response_too_large", detail: "The answer is larger than can be sent; ask for less.")

  static let lineTooLong = Problem(413, code: "content_too_large", detail: "The event is larger than accepted.")
}

// MARK: - HTTP

extension Responder {
  private func answer(_ http: HTTPEvent, _ context: Context) async -> [UInt8] {
    var route: Route?
    var reply: Reply
    do {
      reply = try await dispatch(http, context, &route)
    } catch {
      let problem = problem(for: error, context)
      reply = route?.refusal(problem) ?? problem.reply(requestID: context.requestID)
    }
    // To HEAD too with its body: whoever speaks HTTP for us leaves it out, and only so knows its type and length.
    return render(
      reply, http.headers, context,
      ["event": "http", "method": .string(HTTPMethod(http.method)?.rawValue ?? "?"), "route": JSON(route?.pattern)],
      isForEveryone: isForEveryone(http))
  }

  private func isForEveryone(_ http: HTTPEvent) -> Bool {
    guard let path = try? http.components() else { return false }
    return routes.isForEveryone(path)
  }

  private func dispatch(_ http: HTTPEvent, _ context: Context, _ found: inout Route?) async throws -> Reply {
    let path = try http.components()
    let method = HTTPMethod(http.method)
    switch routes.match(method, path) {
    case .nothing: throw Problem.notFound()
    case .otherMethods(let methods) where method == .options:
      let allow = RouteTable.allow(methods)
      let preflight = cors.preflight(
        from: http.headers["origin"], method: http.headers["access-control-request-method"], allow: allow,
        isForEveryone: routes.isForEveryone(path))
      return Reply(204, headers: [("Allow", allow)] + preflight)
    case .otherMethods(let methods):
      throw Problem(
        405, code: "method_not_allowed", detail: "This method is not served here; see Allow.",
        headers: [("Allow", RouteTable.allow(methods))])
    case .handler(let route, let parameters):
      found = route
      let request = Request(
        method: route.method, path: path, query: try Query(parsing: http.queryString), headers: http.headers,
        body: try http.bodyBytes(), parameters: parameters)
      return try await route.handler(request, context)
    }
  }
}

// MARK: - Invocations

extension Responder {
  private func answer(invocation json: JSON, _ context: Context) async -> [UInt8] {
    let fields: [String: JSON] = ["event": "invocation"]
    do {
      guard let onInvocation = function.onInvocation else {
        throw Problem(404, code: "not_invocable", detail: "This function answers HTTP requests only.")
      }
      let line = try ResultLine.bytes(invocationResult: try await onInvocation(json, context))
      record(200, line, context, fields)
      return line
    } catch {
      return render(problem(for: error, context).reply(requestID: context.requestID), Headers(), context, fields)
    }
  }
}

// MARK: - Errors

extension Responder {
  /// The one place where an error becomes what the caller sees. What is our fault is logged under the same id.
  private func problem(for error: any Error, _ context: Context) -> Problem {
    let problem =
      switch error {
      case let problem as Problem: problem
      case let mismatch as JSONMismatch: Problem.invalidContent([Problem.FieldError(mismatch)])
      case InvalidReply.tooLarge: Responder.responseTooLarge
      case is InvalidReply: Problem.internalError
      default: function.problem(error, context) ?? .internalError
      }
    if problem.status >= 500 {
      context.log(
        .error, "request failed",
        ["code": .string(problem.code), "type": .string("\(type(of: error))"), "error": .string("\(error)")])
    }
    return problem
  }
}

// MARK: - Rendering

extension Responder {
  /// Always a line: a reply that cannot be sent becomes a 500 that can.
  private func render(
    _ reply: Reply, _ request: Headers, _ context: Context, _ fields: [String: JSON], isForEveryone: Bool = false
  ) -> [UInt8] {
    let isCold = isCold
    let crossOrigin = isForEveryone ? CORS.headersForEveryone : cors.headers(for: request["origin"])
    func line(_ reply: Reply) throws(InvalidReply) -> [UInt8] {
      let line = try ResultLine.bytes(dressed(reply, crossOrigin, context, isCold: isCold))
      record(reply.status, line, context, fields)
      return line
    }
    do { return try line(reply) } catch {
      var problem = problem(for: error, context)
      // To read it again as it is would lead to the same; what was written is ours to answer for.
      if case .tooLarge = error, fields["method"] == "GET" || fields["method"] == "HEAD" { problem.status = 400 }
      let substitute = problem.reply(requestID: context.requestID)
      do { return try line(substitute) } catch { preconditionFailure("a problem is always a valid reply: \(error)") }
    }
  }

  /// With the headers every reply carries; ours win, except where the handler knows better.
  private func dressed(
    _ reply: Reply, _ crossOrigin: [(String, String)], _ context: Context, isCold: Bool
  ) -> Reply {
    let defaults = [
      ("Cache-Control", "no-store"),
      ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ]
    let ours = [
      ("X-Request-Id", context.requestID), ("traceparent", context.traceparent),
      ("Server-Timing", context.serverTiming(isCold: isCold)), ("X-Content-Type-Options", "nosniff"),
    ]
    let set = reply.headers.map(\.0.asciiLowercased)
    let reserved = ours.map(\.0.asciiLowercased)
    var dressed = reply
    dressed.headers = zip(set, reply.headers).filter { !reserved.contains($0.0) }.map(\.1)
    if case .json = reply.body, !set.contains("content-type") {
      dressed.headers.append(("Content-Type", "application/json"))
    }
    dressed.headers += defaults.filter { !set.contains($0.0.asciiLowercased) } + ours
    dressed.headers += crossOrigin
    return dressed
  }

  /// The line an event leaves in the log: no path, which may hold what is private, but the route's pattern.
  private func record(_ status: Int, _ line: [UInt8], _ context: Context, _ fields: [String: JSON]) {
    let more: [String: JSON] = [
      "function": .string(function.name), "status": JSON(status), "bytes": JSON(line.count),
      "ms": .double(Context.milliseconds(context.elapsed)), "cold": .bool(isCold),
    ]
    isCold = false
    context.log(status < 500 ? .info : .error, "answered", fields.merging(more) { first, _ in first })
  }
}
