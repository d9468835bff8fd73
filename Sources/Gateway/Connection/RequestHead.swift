internal import NIOHTTP1

/// A request's head, checked for what RFC 9112 asks of a server before it acts, and with one form of target: two readers
/// that understand one request differently are how requests are smuggled.
struct RequestHead {
  enum Body: Equatable {
    case none, chunked
    case length(Int)
  }

  /// In origin form, its host in `Host`, without the fields that concern this connection only.
  let forwarded: HTTPRequestHead
  let body: Body
  /// RFC 9112, 9.3.
  let keepsAlive: Bool
  /// RFC 9110, 10.1.1.
  let expectsContinue: Bool

  init(_ head: HTTPRequestHead) throws(Problem) {
    keepsAlive = head.isKeepAlive
    body = try RequestHead.body(of: head)
    expectsContinue = try RequestHead.expectsContinue(head)
    let hosts = head.headers["host"]
    guard hosts.count <= 1 else { throw .malformed("it has more than one Host field") }
    guard hosts.count == 1 || !head.isHTTP11 else { throw .malformed("it has no Host field") }
    guard hosts.allSatisfy(RequestHead.isAuthority) else { throw .malformed("its Host field is no host") }
    let (path, authority) = try RequestHead.target(of: head)
    var forwarded = head
    forwarded.uri = path
    if let authority { forwarded.headers.replaceOrAdd(name: "host", value: authority) }
    for name in RequestHead.hopByHop { forwarded.headers.remove(name: name) }
    self.forwarded = forwarded
  }

  private static let hopByHop = [
    "connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "expect",
  ]

  /// RFC 9112, 6. What is wrong with the length alone has not passed the parser.
  private static func body(of head: HTTPRequestHead) throws(Problem) -> Body {
    let codings = head.headers["transfer-encoding"]
    let lengths = head.headers["content-length"]
    guard codings.isEmpty else {
      guard head.isHTTP11 else { throw .malformed("HTTP/1.0 has no Transfer-Encoding") }
      guard lengths.isEmpty else { throw .malformed("it has both Content-Length and Transfer-Encoding") }
      guard codings.joined(separator: ",").lowercased().hasSuffix("chunked") else {
        throw .malformed("its body is not chunked in the end, so nobody knows where it ends")
      }
      guard codings.count == 1, codings[0].lowercased() == "chunked" else { throw .unknownCoding }
      return .chunked
    }
    guard !lengths.isEmpty else { return .none }
    guard lengths.count == 1, lengths[0].utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      throw .malformed("its Content-Length is no length")
    }
    // Digits that do not fit are more than any limit.
    let length = Int(lengths[0]) ?? .max
    return length == 0 ? .none : .length(length)
  }

  private static func expectsContinue(_ head: HTTPRequestHead) throws(Problem) -> Bool {
    let expectations = head.headers["expect"]
    guard !expectations.isEmpty, head.isHTTP11 else { return false }
    guard expectations.allSatisfy({ $0.lowercased() == "100-continue" }) else { throw .unknownExpectation }
    return true
  }

  /// RFC 9112, 3.2: origin form, absolute form, whose host wins over `Host`, or `*`.
  private static func target(of head: HTTPRequestHead) throws(Problem) -> (path: String, authority: String?) {
    let uri = head.uri
    guard head.method != .CONNECT else { throw .unknownMethod }
    guard uri.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") }) else {
      throw .malformed("its target has characters that must be percent-encoded")
    }
    if uri.utf8.first == UInt8(ascii: "/") { return (uri, nil) }
    if uri == "*", head.method == .OPTIONS { return (uri, nil) }
    let scheme = uri.prefix { $0 != ":" }
    let rest = uri.dropFirst(scheme.count)
    guard ["http", "https"].contains(scheme.lowercased()), rest.hasPrefix("://") else {
      throw .malformed("its target is neither a path nor an http URI")
    }
    let authority = rest.dropFirst(3).prefix { $0 != "/" && $0 != "?" }
    guard !authority.isEmpty, isAuthority(String(authority)) else { throw .malformed("its target has no host") }
    let path = rest.dropFirst(3 + authority.count)
    return (path.first == "/" ? String(path) : "/\(path)", String(authority))
  }

  /// A name or address with or without a port; empty is allowed where there is no authority (RFC 9112, 3.2). Stricter
  /// than RFC 3986 in that a name has no commas and the like.
  private static func isAuthority(_ text: String) -> Bool {
    var host = text[...]
    if let colon = text.lastIndex(of: ":"), text[colon...].utf8.dropFirst().allSatisfy({ (0x30...0x39).contains($0) }) {
      guard text[colon...].utf8.count <= 6 else { return false }
      host = text[..<colon]
    }
    if host.first == "[", host.last == "]" {
      return host.contains(":") && IPAddress(host.dropFirst().dropLast()) != nil
    }
    return host.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: "-._~%".utf8.contains(byte)
      }
    }
  }
}

extension HTTPRequestHead {
  fileprivate var isHTTP11: Bool { version.minor >= 1 }
}

extension Problem {
  /// What the parser could not read.
  init(_ error: HTTPParserError, headBytesMax: Int) {
    switch error {
    case .headerOverflow: self = .headTooLarge(limit: headBytesMax)
    case .invalidMethod: self = .unknownMethod
    case .invalidVersion: self = .unknownVersion
    case .invalidContentLength, .unexpectedContentLength: self = .malformed("its Content-Length is no length")
    case .invalidChunkSize: self = .malformed("a chunk has no size")
    case .invalidHeaderToken: self = .malformed("a header field has characters that it may not have")
    case .invalidEOFState: self = .malformed("it ended too early")
    default: self = .malformed("it cannot be read")
    }
  }
}
