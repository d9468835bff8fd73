package import StrictJSON

/// What a handler answers. The runtime adds the headers every reply carries: the request id, trace context,
/// Server-Timing, CORS, `nosniff`, and, unless the handler set its own, `Cache-Control: no-store` and a
/// Content-Security-Policy that allows nothing.
package struct Reply: Sendable {
  enum Body: Sendable {
    case none
    /// An object or an array: the platform would take a scalar for base64.
    case json(JSON)
    case text(String)
    case bytes([UInt8])
  }

  package var status: Int
  package var headers: [(String, String)]
  var body: Body

  /// - Parameter json: an object or an array.
  package init(_ status: Int, json: JSON, headers: [(String, String)] = []) {
    self.status = status
    self.headers = headers
    body = .json(json)
  }

  /// Without a body.
  package init(_ status: Int, headers: [(String, String)] = []) {
    self.status = status
    self.headers = headers
    body = .none
  }

  /// - Parameter contentType: of any kind but JSON, which goes as a value.
  package init(_ status: Int, text: String, contentType: String) {
    self.status = status
    headers = [("Content-Type", contentType)]
    body = .text(text)
  }

  package init(_ status: Int, bytes: [UInt8], contentType: String) {
    self.status = status
    headers = [("Content-Type", contentType)]
    body = .bytes(bytes)
  }

  /// With one more header. A name that is no token, or a value with a control character (CR, LF and NUL among
  /// them), makes the whole reply a 500, so that nothing can be smuggled and the mistake is seen.
  package func header(_ name: String, _ value: String) -> Reply {
    var reply = self
    reply.headers.append((name, value))
    return reply
  }
}
