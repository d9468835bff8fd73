internal import CrossOrigin
internal import Hummingbird
internal import NIOCore
internal import StrictJSON

/// The gateway's own refusals (RFC 9457); functions make theirs themselves.
enum Problem: Error, Equatable {
  /// The functions that are here instead.
  case notFound(functions: [String])
  case functionFailed, timedOut, busy, busyCaller, busyProvider, ending
  case tooLarge(limit: Int)
  /// The request is not written as RFC 9110 and 9112 say: what is wrong with it.
  case malformed(String)
  case headTooLarge(limit: Int)
  case bodyTooSlow, tooManyBodies, tooManyConnections
  case unknownExpectation, unknownMethod, unknownCoding, unknownVersion

  private var status: HTTPResponse.Status {
    switch self {
    case .malformed: .badRequest
    case .notFound: .notFound
    case .bodyTooSlow: .requestTimeout
    case .tooLarge: .contentTooLarge
    case .unknownExpectation: .expectationFailed
    case .headTooLarge: .requestHeaderFieldsTooLarge
    case .unknownMethod, .unknownCoding: .notImplemented
    case .functionFailed: .badGateway
    case .busy, .busyCaller, .busyProvider, .ending, .tooManyBodies, .tooManyConnections: .serviceUnavailable
    case .timedOut: .gatewayTimeout
    case .unknownVersion: .httpVersionNotSupported
    }
  }

  /// Part of the API: never another meaning for one of them.
  private var code: String {
    switch self {
    case .malformed: "malformed_request"
    case .notFound: "not_found"
    case .bodyTooSlow: "body_too_slow"
    case .tooLarge: "content_too_large"
    case .unknownExpectation: "expectation_failed"
    case .headTooLarge: "header_fields_too_large"
    case .unknownMethod: "unknown_method"
    case .unknownCoding: "unknown_transfer_coding"
    case .unknownVersion: "unknown_version"
    case .functionFailed: "function_failed"
    case .timedOut: "timed_out"
    case .busy, .busyCaller, .ending, .tooManyBodies: "busy"
    case .busyProvider: "provider_busy"
    case .tooManyConnections: "too_many_connections"
    }
  }

  private var detail: String {
    switch self {
    case .malformed(let what): "This is not HTTP as RFC 9112 has it: \(what)."
    case .notFound(let functions):
      "Nothing is here. The API is at \(functions.map { "/\(Function.package)/\($0)" }.joined(separator: ", "))."
    case .bodyTooSlow: "The body did not arrive in time. Send it again, in smaller parts when the line is slow."
    case .tooLarge(let limit): "A request may have \(limit) bytes at most. Send it in parts."
    case .unknownExpectation: "Only 100-continue can be expected here."
    case .headTooLarge(let limit): "A head may have \(limit) bytes at most. Send fewer or shorter fields."
    case .unknownMethod: "This method is not known here."
    case .unknownCoding: "A body comes as it is, or chunked and nothing else."
    case .unknownVersion: "Only HTTP/1.1 and HTTP/1.0 are spoken here."
    case .functionFailed: "The function failed. The request may be repeated."
    case .timedOut: "The function took too long and was stopped. The request may be repeated."
    case .busy, .tooManyBodies: "Too many requests are waiting. Repeat the request a little later."
    case .busyCaller: "Too many requests of yours are waiting. Repeat the request a little later."
    case .busyProvider: "Too many sign-ins wait for the provider. Repeat the request in a while: its code stays good."
    case .ending: "The server is about to restart. Repeat the request a little later."
    case .tooManyConnections: "Too many connections come from your address. Close some, and try again."
    }
  }

  private var retryAfterSeconds: Int? {
    switch self {
    case .busy, .busyCaller, .ending: 1
    case .busyProvider, .tooManyBodies: 5
    case .tooManyConnections: 10
    case .malformed, .notFound, .bodyTooSlow, .tooLarge, .unknownExpectation, .headTooLarge, .unknownMethod,
      .unknownCoding, .unknownVersion, .functionFailed, .timedOut:
      nil
    }
  }

  /// - Parameters:
  ///   - id: of the activation, also in the log.
  ///   - crossOrigin: what lets the caller's page read it.
  func response(_ id: String, _ crossOrigin: [(String, String)]) -> Response {
    Response(status: status, headers: HTTPFields(fields(id, crossOrigin)), body: .init(byteBuffer: body(id)))
  }

  var statusCode: Int { status.code }
  var reasonPhrase: String { status.reasonPhrase }

  func fields(_ id: String, _ crossOrigin: [(String, String)]) -> [(String, String)] {
    let common = [
      ("Content-Type", "application/problem+json"), ("Cache-Control", "no-store"),
      ("X-Content-Type-Options", "nosniff"), ("X-Request-Id", id),
    ]
    let retryAfter = retryAfterSeconds.map { [("Retry-After", "\($0)")] } ?? []
    return common + retryAfter + crossOrigin
  }

  func body(_ id: String) -> ByteBuffer {
    let body: JSON = [
      "type": "about:blank", "title": .string(status.reasonPhrase), "status": JSON(status.code),
      "code": .string(code), "detail": .string(detail), "instance": .string("urn:request:\(id)"),
    ]
    return ByteBuffer(bytes: body.encoded)
  }
}

extension HTTPFields {
  /// Takes names that are ours, and so valid.
  init(_ pairs: [(String, String)]) {
    self.init()
    for (name, value) in pairs { HTTPField.Name(name).map { append(HTTPField(name: $0, value: value)) } }
  }
}
