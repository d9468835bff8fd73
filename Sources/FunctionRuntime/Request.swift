package import StrictJSON

/// One HTTP request, as a handler sees it. All of it is what the caller says; nothing is trusted yet.
package struct Request: Sendable {
  package let method: HTTPMethod
  /// The components after the function's name, percent-decoded: `/devices/a%2Fb` is `["devices", "a/b"]`.
  package let path: [String]
  package let query: Query
  package let headers: Headers
  package let body: [UInt8]
  /// What the placeholders of the route stand for.
  package var parameters: [String: String]

  package init(
    method: HTTPMethod, path: [String] = [], query: Query = Query(), headers: Headers = Headers(),
    body: [UInt8] = [], parameters: [String: String] = [:]
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.headers = headers
    self.body = body
    self.parameters = parameters
  }
}

extension Request {
  /// The body as JSON.
  ///
  /// - Throws: 415 for another content type (none at all is taken for JSON), 400 `invalid_json` for what is not
  ///   JSON, also nothing, 413 `content_too_large` for JSON beyond `limits`, both with the place.
  package func json(_ limits: JSONLimits = .request) throws(Problem) -> JSONNode {
    guard headers.isJSON else {
      throw Problem(415, code: "unsupported_media_type", detail: "The body must be application/json.")
    }
    return try parsed(body, limits)
  }

  /// The same whatever type the request names: for a route that takes a person's file, which goes by what is in it. Programs
  /// name the type of a form where nobody told them better (curl, wget), or none that means anything. A byte order mark
  /// before it is passed over: editors on Windows begin a file so.
  ///
  /// - Throws: 415 for parts of a form, whose file would have to be looked for; otherwise as `json()`.
  package func jsonFile(_ limits: JSONLimits) throws(Problem) -> JSONNode {
    guard headers.mediaType?.hasPrefix("multipart/") != true else {
      throw Problem(
        415, code: "unsupported_media_type",
        detail: "Send the file itself as the body, not as part of a form: curl --data-binary @FILE.")
    }
    return try parsed(body.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(body.dropFirst(3)) : body, limits)
  }

  private func parsed(_ bytes: [UInt8], _ limits: JSONLimits) throws(Problem) -> JSONNode {
    do {
      return JSONNode(try JSON(parsing: bytes, limits: limits))
    } catch  where error.isLimit {
      throw Problem(
        413, code: "content_too_large",
        detail: "The JSON is larger than allowed at byte \(error.offset): \(error.code).", errors: [.init(error)])
    } catch {
      throw Problem(
        400, code: "invalid_json", detail: "The body is not JSON at byte \(error.offset): \(error.code).",
        errors: [.init(error)])
    }
  }

  /// The body as a form, for OAuth. A name given twice is refused, as RFC 6749 3.2 asks.
  ///
  /// - Throws: 415 for another content type, 400 `invalid_form` for what is no form.
  package func form() throws(Problem) -> [String: String] {
    guard headers.mediaType == "application/x-www-form-urlencoded" else {
      throw Problem(
        415, code: "unsupported_media_type", detail: "The body must be application/x-www-form-urlencoded.")
    }
    guard let text = String(validating: body, as: UTF8.self) else {
      throw Problem(400, code: "invalid_form", detail: "The form is not UTF-8.")
    }
    let pairs = try Query(parsing: text, code: "invalid_form").pairs
    return Dictionary(uniqueKeysWithValues: pairs.map { ($0.name, $0.value) })
  }
}
