package import StrictJSON

/// A failure the caller may see, in the words of RFC 9457: throw it from anywhere in a handler.
///
/// `code` is part of the API and never changes its meaning; `detail` says in a sentence what to do about it, and
/// never quotes what was sent or what the database said.
package struct Problem: Error, Sendable {
  package var status: Int
  package var code: String
  package var detail: String
  package var errors: [FieldError]
  package var headers: [(String, String)]

  package init(
    _ status: Int, code: String, detail: String, errors: [FieldError] = [], headers: [(String, String)] = []
  ) {
    self.status = status
    self.code = code
    self.detail = detail
    self.errors = errors
    self.headers = headers
  }

  /// What is wrong with one value of the body; `pointer` as RFC 6901 writes it.
  package struct FieldError: Sendable, Equatable {
    package let pointer: String
    package let code: String
    package let detail: String

    package init(pointer: String, code: String, detail: String) {
      self.pointer = pointer
      self.code = code
      self.detail = detail
    }

    package init(_ mismatch: JSONMismatch) {
      self.init(pointer: "\(mismatch.pointer)", code: mismatch.code, detail: mismatch.detail)
    }

    package init(_ error: JSONSyntaxError) {
      self.init(pointer: "\(error.pointer)", code: error.name, detail: "cannot be read at byte \(error.offset)")
    }
  }
}

// MARK: - The usual ones

extension Problem {
  package static func notFound(_ detail: String = "There is nothing here.") -> Problem {
    Problem(404, code: "not_found", detail: detail)
  }

  /// - Parameter tokenPresented: false when the request had no credentials at all; the challenge then names no
  ///   error (RFC 6750, 3.1).
  package static func unauthenticated(
    code: String = "invalid_token", detail: String = "The access token is missing, expired, or revoked.",
    tokenPresented: Bool = true
  ) -> Problem {
    let challenge = tokenPresented ? #"Bearer error="invalid_token""# : "Bearer"
    return Problem(401, code: code, detail: detail, headers: [("WWW-Authenticate", challenge)])
  }

  package static func forbidden(code: String = "forbidden", detail: String) -> Problem {
    Problem(403, code: code, detail: detail)
  }

  package static func conflict(code: String, detail: String) -> Problem { Problem(409, code: code, detail: detail) }

  /// - Parameter errors: one for each wrong value.
  package static func invalidContent(_ errors: [FieldError]) -> Problem {
    Problem(
      422, code: "invalid_content", detail: "The content does not have the right form; see errors.", errors: errors)
  }

  package static func tooManyRequests(retryAfter: Duration) -> Problem {
    Problem(
      429, code: "too_many_requests", detail: "Too many requests; wait as long as Retry-After says.",
      headers: [retry(after: retryAfter)])
  }

  package static func unavailable(
    code: String = "unavailable", detail: String = "The service is not available for the moment; try again.",
    retryAfter: Duration
  ) -> Problem {
    Problem(503, code: code, detail: detail, headers: [retry(after: retryAfter)])
  }

  static let internalError = Problem(
    500, code: "internal", detail: "Something went wrong on our side; it is recorded under this request id.")

  /// Whole seconds, rounded up, so that nobody comes back too early.
  private static func retry(after duration: Duration) -> (String, String) {
    let (seconds, attoseconds) = duration.components
    return ("Retry-After", String(max(1, seconds + (attoseconds > 0 ? 1 : 0))))
  }
}

// MARK: - As a reply

extension Problem {
  package func reply(requestID: String) -> Reply {
    var body = JSONObject([
      ("type", "about:blank"), ("title", .string(Problem.title(status))), ("status", JSON(status)),
      ("code", .string(code)), ("detail", .string(detail)), ("instance", .string("urn:request:\(requestID)")),
    ])
    if !errors.isEmpty { body["errors"] = .array(listedErrors) }
    return Reply(status, json: .object(body), headers: headers + [("Content-Type", "application/problem+json")])
  }

  /// A pointer names what the caller chose: of many, as many as an answer has room for. The first is always there: a pointer
  /// of eight keys takes less.
  private var listedErrors: [JSON] {
    var spare = 512 * 1024
    return errors.map { ["pointer": .string($0.pointer), "code": .string($0.code), "detail": .string($0.detail)] }
      .prefix { (error: JSON) in
        spare -= error.encoded.count + 1
        return spare >= 0
      }
  }

  /// RFC 9457 asks for the status phrase beside `about:blank`.
  private static func title(_ status: Int) -> String {
    switch status {
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 409: "Conflict"
    case 410: "Gone"
    case 412: "Precondition Failed"
    case 413: "Content Too Large"
    case 415: "Unsupported Media Type"
    case 422: "Unprocessable Content"
    case 428: "Precondition Required"
    case 429: "Too Many Requests"
    case 500: "Internal Server Error"
    case 503: "Service Unavailable"
    case 504: "Gateway Timeout"
    default: status < 500 ? "Client Error" : "Server Error"
    }
  }
}
