internal import CrossOrigin
internal import NIOCore
internal import NIOHTTP1

/// One HTTP connection as a server has to keep it (RFC 9112), between the parser and Hummingbird: one request at a time,
/// passed on when its body is whole; what cannot be passed on is refused here; then the connection is kept or closed as
/// its client asked.
///
/// Bodies are collected here, where all of them are seen, because they are a stranger's: they have a time and a sum.
final class ConnectionHandler: ChannelDuplexHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  enum State {
    /// For a head.
    case waiting
    case reading(RequestHead)
    /// By Hummingbird, or by us; what comes meanwhile waits.
    case answering(Answering)
    /// All is said; what still comes is thrown away.
    case closing
  }

  struct Answering {
    var keepsAlive: Bool
    let isHTTP11: Bool
  }

  enum Input {
    case part(HTTPServerRequestPart)
    case failure(HTTPParserError)
  }

  let limits: Limits
  let connections: Connections
  let cors: CORS
  /// What a body for this target is refused with; nil when it is worth reading.
  let refusal: (String) -> Problem?
  private var state = State.waiting
  /// The body of the request that is being read.
  private var body: IncomingBody
  /// What came while an answer is under way.
  private var pending = CircularBuffer<Input>()
  private var timer: Scheduled<Void>?
  private var place: Connections.Place?
  private var context: ChannelHandlerContext?
  /// Bytes of the current request's body, held until it is answered.
  private var heldBytes = 0
  private var wantsToRead = false
  private var inputIsClosed = false
  private var isEnding = false

  init(limits: Limits, connections: Connections, cors: CORS, refusal: @escaping (String) -> Problem?) {
    self.limits = limits
    self.connections = connections
    self.cors = cors
    self.refusal = refusal
    body = IncomingBody(limits: limits)
  }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    if context.channel.isActive { enter(context) }
  }

  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func channelActive(context: ChannelHandlerContext) {
    enter(context)
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    timer?.cancel()
    release()
    if let place { connections.leave(place) }
    state = .closing
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    take(.part(unwrapInboundIn(data)), context)
  }

  /// Nothing but what the parser found reaches the end of the pipeline as a request's fault.
  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard let error = error as? HTTPParserError else { return context.close(promise: nil) }
    take(.failure(error), context)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case is ChannelShouldQuiesceEvent: end(context)
    case ChannelEvent.inputClosed: closeInput(context)
    default: context.fireUserInboundEventTriggered(event)
    }
  }

  /// Who sends on before the answer is there has to wait, and his bytes with him.
  func read(context: ChannelHandlerContext) {
    if case .answering = state {
      wantsToRead = true
    } else {
      context.read()
    }
  }

  private func enter(_ context: ChannelHandlerContext) {
    guard place == nil else { return }
    place = connections.enter(from: context.remoteAddress?.ipAddress.flatMap { IPAddress($0) })
    guard place != nil else { return refuse(.tooManyConnections, of: nil, context) }
    becomeIdle(context)
  }
}

// MARK: - Requests

extension ConnectionHandler {
  private func take(_ input: Input, _ context: ChannelHandlerContext) {
    switch (state, input) {
    case (.answering, _): pending.append(input)
    case (.closing, _): break
    case (.waiting, .part(.head(let head))): begin(head, context)
    case (.waiting, .part): context.close(promise: nil)  // Never: the parser sends a head first.
    case (.reading(let head), .part(.body(let bytes))): append(bytes, to: head, context)
    case (.reading(let head), .part(.end)): pass(head, context)
    case (.reading, .part(.head)): context.close(promise: nil)
    case (.waiting, .failure(let error)), (.reading, .failure(let error)):
      // Of a head that cannot be read nobody knows the origin, and there is nothing of anybody's in the refusal.
      refuse(Problem(error, headBytesMax: limits.headBytesMax), of: nil, context)
    }
  }

  private func begin(_ received: HTTPRequestHead, _ context: ChannelHandlerContext) {
    timer?.cancel()
    do throws(Problem) {
      let head = try RequestHead(received)
      switch head.body {
      case .length(let length) where length > limits.requestBodyBytesMax:
        throw Problem.tooLarge(limit: limits.requestBodyBytesMax)
      case .length, .chunked:
        if let problem = refusal(head.forwarded.uri) { throw problem }
        if head.expectsContinue { sendContinue(context) }
      case .none: break
      }
      state = .reading(head)
      body = IncomingBody(limits: limits)
      if head.body != .none { watchBody(context) }
    } catch {
      refuse(error, of: received, context)
    }
  }

  private func append(_ bytes: ByteBuffer, to head: RequestHead, _ context: ChannelHandlerContext) {
    guard body.bytes.readableBytes + bytes.readableBytes <= limits.requestBodyBytesMax else {
      return refuse(.tooLarge(limit: limits.requestBodyBytesMax), of: head.forwarded, context)
    }
    body.append(bytes)
    heldBytes += bytes.readableBytes
    connections.hold(bytes.readableBytes, by: self)
  }

  private func sendContinue(_ context: ChannelHandlerContext) {
    context.writeAndFlush(
      wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))), promise: nil)
  }

  private func watchBody(_ context: ChannelHandlerContext) {
    schedule(in: body.untilNextLook, context) { handler in
      guard case .reading(let head) = handler.state else { return }
      if handler.body.isTooSlow(at: .now) { return handler.refuse(.bodyTooSlow, of: head.forwarded, context) }
      handler.watchBody(context)
    }
  }

  private func pass(_ head: RequestHead, _ context: ChannelHandlerContext) {
    timer?.cancel()
    connections.finish(self)
    let bytes = body.bytes
    body = IncomingBody(limits: limits)
    state = .answering(
      Answering(keepsAlive: head.keepsAlive && !isEnding, isHTTP11: head.forwarded.version.minor >= 1))
    context.fireChannelRead(wrapInboundOut(.head(head.forwarded)))
    if bytes.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(.body(bytes))) }
    context.fireChannelRead(wrapInboundOut(.end(nil)))
    context.fireChannelReadComplete()
  }
}

// MARK: - Bodies among others

extension ConnectionHandler {
  /// What it costs to go on waiting for it.
  func burden(at now: ContinuousClock.Instant) -> Double {
    guard case .reading = state else { return 0 }
    return Double(body.bytes.readableBytes) * (body.age(at: now) / .seconds(1) + 0.001)
  }

  func giveUp() {
    guard let context, case .reading(let head) = state else { return release() }
    refuse(.tooManyBodies, of: head.forwarded, context)
  }

  private func release() {
    connections.release(heldBytes, by: self)
    heldBytes = 0
    body = IncomingBody(limits: limits)
  }
}

// MARK: - Answers

extension ConnectionHandler {
  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard case .answering(let answering) = state else {
      promise?.fail(ChannelError.ioOnClosedChannel)
      return
    }
    switch unwrapOutboundIn(data) {
    case .head(var head):
      if !answering.keepsAlive {
        head.headers.replaceOrAdd(name: "connection", value: "close")
      } else if !answering.isHTTP11 {
        head.headers.replaceOrAdd(name: "connection", value: "keep-alive")
      }
      context.write(wrapOutboundOut(.head(head)), promise: promise)
    case .body: context.write(data, promise: promise)
    case .end:
      release()
      let isLast = !answering.keepsAlive || (inputIsClosed && pending.isEmpty)
      guard !isLast else { return close(after: data, promise, context) }
      context.write(data, promise: promise)
      goOn(context)
    }
  }

  private func goOn(_ context: ChannelHandlerContext) {
    state = .waiting
    while !pending.isEmpty {
      if case .answering = state { break }
      take(pending.removeFirst(), context)
    }
    if case .waiting = state { becomeIdle(context) }
    if case .answering = state { return }
    guard wantsToRead else { return }
    wantsToRead = false
    context.read()
  }

  /// - Parameter head: what is refused; nil when it could not be read.
  private func refuse(_ problem: Problem, of head: HTTPRequestHead?, _ context: ChannelHandlerContext) {
    timer?.cancel()
    release()
    let crossOrigin = head.map { cors.headers(for: $0.headers.first(name: "origin")) } ?? CORS.headersForEveryone
    let id = ActivationID.random()
    let body = problem.body(id)
    let framing = [
      ("Content-Length", "\(body.readableBytes)"), ("Date", HTTPDate.now()), ("Connection", "close"),
    ]
    let answer = HTTPResponseHead(
      version: .http1_1,
      status: HTTPResponseStatus(statusCode: problem.statusCode, reasonPhrase: problem.reasonPhrase),
      headers: HTTPHeaders(problem.fields(id, crossOrigin) + framing))
    context.write(wrapOutboundOut(.head(answer)), promise: nil)
    if head?.method != .HEAD { context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
    close(after: wrapOutboundOut(.end(nil)), nil, context)
  }

  /// RFC 9112, 9.6: our half first, then what still comes is read for a while, or the client might lose the answer.
  private func close(after end: NIOAny, _ promise: EventLoopPromise<Void>?, _ context: ChannelHandlerContext) {
    state = .closing
    pending.removeAll()
    let written = context.eventLoop.makePromise(of: Void.self)
    written.futureResult.cascade(to: promise)
    written.futureResult.assumeIsolated().whenComplete { _ in
      context.close(mode: .output, promise: nil)
      if self.inputIsClosed || self.isEnding { context.close(promise: nil) }
    }
    context.writeAndFlush(end, promise: written)
    schedule(in: limits.lingering, context) { _ in context.close(promise: nil) }
    context.read()
  }
}

// MARK: - The connection's life

extension ConnectionHandler {
  private func becomeIdle(_ context: ChannelHandlerContext) {
    guard !isEnding else { return context.close(promise: nil) }
    schedule(in: limits.idle, context) { _ in context.close(promise: nil) }
  }

  private func closeInput(_ context: ChannelHandlerContext) {
    inputIsClosed = true
    switch state {
    case .answering: break  // A client may say that it has sent all, and wait for the answer.
    case .waiting, .reading, .closing: context.close(promise: nil)
    }
  }

  /// The server comes to an end: a function's work is waited for; of what waits for its body nothing has begun.
  private func end(_ context: ChannelHandlerContext) {
    isEnding = true
    pending.removeAll()
    connections.end()
    switch state {
    case .answering(var answering):
      answering.keepsAlive = false
      state = .answering(answering)
    case .waiting, .reading: context.close(promise: nil)
    case .closing: break
    }
  }

  private func schedule(
    in delay: Duration, _ context: ChannelHandlerContext, _ work: @escaping (ConnectionHandler) -> Void
  ) {
    timer?.cancel()
    timer = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(delay)) { work(self) }
  }
}
