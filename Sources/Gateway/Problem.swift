internal import Hummingbird
internal import NIOCore
internal import StrictJSON

/// The gateway's own refusals (RFC 9457); functions make theirs themselves.
enum Problem {
  case notFound, functionFailed, timedOut, busy
  case tooLarge(limit: Int)

  private var status: HTTPResponse.Status {
    switch self {
    case .notFound: .notFound
    case .tooLarge: .contentTooLarge
    case .functionFailed: .badGateway
    case .timedOut: .gatewayTimeout
    case .busy: .serviceUnavailable
    }
  }

  private var code: String {
    switch self {
    case .notFound: "not_found"
    case .tooLarge: "content_too_large"
    case .functionFailed: "function_failed"
    case .timedOut: "timed_out"
    case .busy: "busy"
    }
  }

  private var detail: String {
    switch self {
    case .notFound: "Nothing is here. The API is at /v1/sync, /v1/stats, /v1/auth and /v1/admin."
    case .tooLarge(let limit): "A request may have \(limit) bytes at most. Send it in parts."
    case .functionFailed: "The function failed. The request may be repeated."
    case .timedOut: "The function took too long and was stopped. The request may be repeated."
    case .busy: "Too many requests are waiting. Repeat the request a little later."
    }
  }

  /// - Parameter id: of the activation, also in the log.
  func response(_ id: String) -> Response {
    let body: JSON = [
      "type": "about:blank", "title": .string(status.reasonPhrase), "status": JSON(status.code),
      "code": .string(code), "detail": .string(detail), "instance": .string("urn:request:\(id)"),
    ]
    var headers: HTTPFields = [.contentType: "application/problem+json", .cacheControl: "no-store"]
    if case .busy = self { headers[.retryAfter] = String(Limits.retryAfterSeconds) }
    return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: body.encoded)))
  }
}
