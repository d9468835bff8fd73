import Gateway
import NIOCore
import StrictJSON
import Testing

/// HTTP as it stands on the wire, against what RFC 9110 and 9112 ask of a server.
@Suite struct WireTests {
  private static let origin = "vscode-webview://1a2b"
  /// Sent behind each: it is answered when the connection was kept, and not when it was closed.
  private static let probe = "GET /v1/sync/count HTTP/1.1\r\nHost: probe\r\nConnection: close\r\n\r\n"

  /// One rule: what is sent, and the statuses that come back before the end, the probe's 200 last where it is kept.
  struct Rule: Sendable, CustomTestStringConvertible {
    let section: String
    let request: String
    let statuses: [Int]
    /// Of the last refusal.
    var code: String?
    var fields: [String: String] = [:]
    var testDescription: String { "\(section): \(request.prefix(100).debugDescription)" }

    /// - Parameter request: lines are ended by CR LF; a head is ended too.
    init(
      _ section: String, _ lines: [String], body: String = "", _ statuses: [Int], code: String? = nil,
      fields: [String: String] = [:]
    ) {
      self.section = section
      request = lines.map { $0 + "\r\n" }.joined() + "\r\n" + body
      (self.statuses, self.code, self.fields) = (statuses, code, fields)
    }
  }

  private static let get = "GET /v1/sync/count HTTP/1.1", post = "POST /v1/sync/count HTTP/1.1"
  private static let long = String(repeating: "x", count: 40_000)

  private static let hosts: [Rule] = [
    Rule("9112 3.2", [get], [400], code: "malformed_request"),
    Rule("9112 3.2", [get, "Host: a", "Host: b"], [400], code: "malformed_request"),
    Rule("9112 3.2", [get, "Host: a", "Host: a"], [400]),
    Rule("9112 3.2", [get, "Host: a b"], [400]), Rule("9112 3.2", [get, "Host: a, b"], [400]),
    Rule("9112 3.2", [get, "Host: a/b"], [400]), Rule("9112 3.2", [get, "Host: user@a"], [400]),
    Rule("9112 3.2", [get, "Host: a:port"], [400]), Rule("9112 3.2", [get, "Host: a:123456"], [400]),
    Rule("9112 3.2", [get, "Host: [::1"], [400]), Rule("9112 3.2", [get, "Host: [::g]"], [400]),
    Rule("9112 3.2", [get, "Host: a.example:8787"], [200, 200]),
    Rule("9112 3.2", [get, "Host: [::1]:80"], [200, 200]),
    Rule("9112 3.2", [get, "Host:"], [200, 200]),
    Rule("9112 3.2", ["GET /v1/sync/count HTTP/1.0", "Host: a", "Host: b"], [400]),
  ]
  private static let connections: [Rule] = [
    Rule("9112 9.3", [get, "Host: a"], [200, 200]),
    Rule("9112 9.3", [get, "Host: a", "Connection: close"], [200], fields: ["connection": "close"]),
    Rule("9112 9.3", [get, "Host: a", "Connection: Close"], [200], fields: ["connection": "close"]),
    Rule("9112 9.3", [get, "Host: a", "Connection: te, close"], [200], fields: ["connection": "close"]),
    Rule("9112 9.3", ["GET /v1/sync/count HTTP/1.0"], [200], fields: ["connection": "close"]),
    Rule("9112 9.3", ["GET /v1/sync/count HTTP/1.0", "Host: a"], [200], fields: ["connection": "close"]),
    Rule(
      "9112 9.3", ["GET /v1/sync/count HTTP/1.0", "Connection: Keep-Alive"], [200, 200],
      fields: ["connection": "keep-alive"]),
    Rule("9112 9.3", ["GET /v1/sync/count HTTP/1.0", "Connection: close"], [200], fields: ["connection": "close"]),
    Rule("9112 9.3", ["POST /v1/sync/count HTTP/1.0", "Content-Length: 2"], body: "{}", [200]),
    Rule("9112 9.3.2", [get, "Host: a", "", get, "Host: a", "", get, "Host: a"], [200, 200, 200, 200]),
  ]
  private static let targets: [Rule] = [
    Rule("9112 3.2.2", ["GET http://a.example/v1/sync/count HTTP/1.1", "Host: b"], [200, 200]),
    Rule("9112 3.2.2", ["GET HTTPS://a.example:444/v1/sync/count?x HTTP/1.1", "Host: b"], [200, 200]),
    Rule("9112 3.2.2", ["GET http://a.example HTTP/1.1", "Host: b"], [200, 200]),
    Rule("9112 3.2.2", ["GET http://u@a/v1/sync/count HTTP/1.1", "Host: b"], [400]),
    Rule("9112 3.2.2", ["GET ftp://a/v1/sync/count HTTP/1.1", "Host: b"], [400]),
    Rule("9112 3.2.2", ["GET http://a/v1/sync/count HTTP/1.1"], [400]),
    Rule("9112 3.2.4", ["OPTIONS * HTTP/1.1", "Host: a"], [204, 200], fields: ["content-length": ""]),
    Rule("9112 3.2.4", ["GET * HTTP/1.1", "Host: a"], [400]),
    Rule("9112 3.2", ["GET v1/sync/count HTTP/1.1", "Host: a"], [400]),
    Rule("9112 3.2", ["GET /v1/sync/count#a HTTP/1.1", "Host: a"], [400]),
    Rule("9112 3.2", ["GET /v1/sync/é HTTP/1.1", "Host: a"], [400]),
    Rule("9112 3.2", ["GET /v1/sync/count x HTTP/1.1", "Host: a"], [400]),
    Rule("9112 3.2", ["GET /nothing HTTP/1.1", "Host: a"], [404, 200], code: "not_found"),
    Rule("9112 3.2.3", ["CONNECT a.example:443 HTTP/1.1", "Host: a.example:443"], [501], code: "unknown_method"),
    Rule("9110 9.1", ["BREW /v1/sync/count HTTP/1.1", "Host: a"], [501], code: "unknown_method"),
    Rule("9110 9.1", ["get /v1/sync/count HTTP/1.1", "Host: a"], [501]),
    Rule("9110 9.3.8", ["TRACE /v1/sync/count HTTP/1.1", "Host: a"], [200, 200]),
    Rule("9112 2.3", ["GET /v1/sync/count HTTP/2.0", "Host: a"], [505], code: "unknown_version"),
    Rule("9112 2.3", ["GET /v1/sync/count HTTP/0.9", "Host: a"], [505]),
    Rule("9112 2.3", ["GET /v1/sync/count", "Host: a"], [505]),
    Rule("9112 3", ["hello"], [501]),
  ]
  private static let fields: [Rule] = [
    Rule("9112 5.1", [get, "Host: a", "X-Space : 1"], [400]), Rule("9112 5.1", [get, "Host: a", "no colon"], [400]),
    Rule("9112 5.1", [get, "Host: a", ": empty"], [400]),
    Rule("9110 5.5", [get, "Host: a", "X-Nul: a\0b"], [400]),
    Rule("9112 5.2", [get, "Host: a", "X-Fold: a", " b"], [400]),
    Rule("6585 5", [get, "Host: a", "X-Long: \(long)"], [431], code: "header_fields_too_large"),
    Rule("6585 5", [get, "Host: a"] + (0..<40).map { "X-\($0): \(long.prefix(1000))" }, [431]),
    Rule("6585 5", [get, "Host: a"] + (0..<300).map { "X-\($0): 1" }, [431]),
    Rule("6585 5", ["GET /v1/sync/count?\(long) HTTP/1.1", "Host: a"], [431]),
    Rule("9110 5.5", [get, "Host: a"] + (0..<100).map { "X-\($0): 1" }, [200, 200]),
  ]
  private static let bodies: [Rule] = [
    Rule("9112 6.2", [post, "Host: a", "Content-Length: 2"], body: "{}", [200, 200]),
    Rule("9112 6.3", [post, "Host: a"], [200, 200]),
    Rule("9112 6.3", [post, "Host: a", "Content-Length: 2", "Content-Length: 3"], body: "{} ", [400]),
    Rule("9112 6.3", [post, "Host: a", "Content-Length: 2", "Content-Length: 2"], body: "{}", [400]),
    Rule("9112 6.3", [post, "Host: a", "Content-Length: 2, 2"], body: "{}", [400]),
    Rule("9112 6.3", [post, "Host: a", "Content-Length: -2"], body: "{}", [400]),
    Rule("9112 6.3", [post, "Host: a", "Content-Length: +2"], body: "{}", [400]),
    Rule("9112 6.3", [post, "Host: a", "Content-Length: 0x2"], body: "{}", [400]),
    Rule("9112 6.3", [post, "Host: a", "Content-Length:"], [400]),
    Rule("9112 6.3", [post, "Host: a", "Content-Length: 99999999999999999999"], [400]),
    Rule(
      "9112 6.1", [post, "Host: a", "Transfer-Encoding: chunked", "Content-Length: 2"], body: "0\r\n\r\n", [400]),
    Rule("9112 6.1", [post, "Host: a", "Content-Length: 2", "Transfer-Encoding: chunked"], body: "0\r\n\r\n", [400]),
    Rule(
      "9112 6.1", ["POST /v1/sync/count HTTP/1.0", "Transfer-Encoding: chunked", "Connection: keep-alive"],
      body: "0\r\n\r\n", [400]),
    Rule("9112 6.1", [post, "Host: a", "Transfer-Encoding: gzip, chunked"], body: "0\r\n\r\n", [501]),
    Rule("9112 6.1", [post, "Host: a", "Transfer-Encoding: gzip"], [400]),
    Rule("9112 6.1", [post, "Host: a", "Transfer-Encoding: identity"], [400]),
    Rule(
      "9112 7.1", [post, "Host: a", "Transfer-Encoding: chunked"], body: "1\r\n{\r\n1\r\n}\r\n0\r\n\r\n",
      [200, 200]),
    Rule("9112 7.1.1", [post, "Host: a", "Transfer-Encoding: chunked"], body: "2;a=b\r\n{}\r\n0\r\n\r\n", [200, 200]),
    Rule(
      "9112 7.1.2", [post, "Host: a", "Transfer-Encoding: CHUNKED", "Trailer: X-T"],
      body: "2\r\n{}\r\n0\r\nX-T: 1\r\n\r\n", [200, 200]),
    Rule(
      "9110 6.5.1", [post, "Host: a", "Transfer-Encoding: chunked"],
      body: "2\r\n{}\r\n0\r\nContent-Length: 9\r\n\r\n", [400]),
    Rule("9112 7.1", [post, "Host: a", "Transfer-Encoding: chunked"], body: "x\r\n{}\r\n0\r\n\r\n", [400]),
    Rule("9112 7.1", [post, "Host: a", "Transfer-Encoding: chunked"], body: "-1\r\n{}\r\n0\r\n\r\n", [400]),
    Rule("9112 7.1", [post, "Host: a", "Transfer-Encoding: chunked"], body: "1\r\n{}\r\n0\r\n\r\n", [400]),
    Rule("9110 15.5.14", [post, "Host: a", "Content-Length: 1048577"], [413], code: "content_too_large"),
    Rule(
      "9110 15.5.14", [post, "Host: a", "Transfer-Encoding: chunked"],
      body: "100001\r\n" + String(repeating: "x", count: 0x100001) + "\r\n0\r\n\r\n", [413]),
    Rule("9110 15.5.5", ["POST /nothing HTTP/1.1", "Host: a", "Content-Length: 9"], [404], code: "not_found"),
  ]
  private static let expectations: [Rule] = [
    Rule(
      "9110 10.1.1", [post, "Host: a", "Expect: 100-continue", "Content-Length: 2"], body: "{}", [100, 200, 200]),
    Rule(
      "9110 10.1.1", [post, "Host: a", "Expect: 100-Continue", "Transfer-Encoding: chunked"], body: "0\r\n\r\n",
      [100, 200, 200]),
    Rule("9110 10.1.1", [get, "Host: a", "Expect: 100-continue"], [200, 200]),
    Rule(
      "9110 10.1.1",
      ["POST /v1/sync/count HTTP/1.0", "Expect: 100-continue", "Content-Length: 2", "Connection: keep-alive"],
      body: "{}", [200, 200]),
    Rule("9110 10.1.1", [post, "Host: a", "Expect: 100-continue", "Content-Length: 1048577"], [413]),
    Rule("9110 10.1.1", ["POST /nothing HTTP/1.1", "Host: a", "Expect: 100-continue", "Content-Length: 2"], [404]),
    Rule("9110 15.5.18", [post, "Host: a", "Expect: tea", "Content-Length: 2"], [417], code: "expectation_failed"),
  ]

  @Test(arguments: hosts + connections + targets + fields + bodies + expectations)
  func `each rule of the protocol is kept`(rule: Rule) async throws {
    try await TestGateway.run { gateway in
      let request = rule.request.replacing("Host:", with: "Origin: \(Self.origin)\r\nHost:", maxReplacements: 1)
      let answers = try await RawClient(port: gateway.port).exchange(request + Self.probe)
      #expect(answers.map(\.status) == rule.statuses)
      guard let answer = answers.last(where: { $0.status >= 400 }) ?? answers.first(where: { $0.status >= 200 }) else {
        return
      }
      #expect(answer["date"].count == 1)
      for (name, value) in rule.fields { #expect(answer[name].first ?? "" == value) }
      guard answer.status >= 400 else { return }
      #expect(answer["content-type"] == ["application/problem+json"])
      #expect(rule.code == nil || answer.code == rule.code)
      #expect(answer.json["detail"]?.string?.isEmpty == false)
      // The caller's origin, or everybody's where the head could not be read.
      #expect([[Self.origin], ["*"]].contains(answer["access-control-allow-origin"]) || !request.contains("Origin"))
      #expect(answer.status == 404 && answers.count == 2 || answer["connection"] == ["close"])
    }
  }

  @Test func `the host of an absolute target is the host`() async throws {
    try await TestGateway.run { gateway in
      let answers = try await RawClient(port: gateway.port).exchange(
        "GET http://a.example:81/v1/sync/echo?q HTTP/1.1\r\nHost: b\r\nConnection: close\r\nTE: trailers\r\n\r\n")
      let http = answers.first?.json["value"]?["http"]
      #expect(http?["headers"]?["host"] == "a.example:81")
      #expect(http?["path"] == "/echo" && http?["queryString"] == "q")
      // Of the connection, not of the request.
      #expect(http?["headers"]?["connection"] == nil && http?["headers"]?["te"] == nil)
    }
  }

  @Test func `a chunked body arrives whole, without its trailers`() async throws {
    try await TestGateway.run { gateway in
      let answers = try await RawClient(port: gateway.port).exchange(
        "POST /v1/sync/echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
          + "5\r\n{\"a\":\r\n2\r\n1}\r\n0\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n")
      let http = answers.first?.json["value"]?["http"]
      #expect(http?["body"] == "{\"a\":1}")
      #expect(http?["headers"]?["x-forwarded-for"] == "127.0.0.1")
    }
  }

  @Test func `pipelined requests are answered in order`() async throws {
    try await TestGateway.run(poolSize: 3) { gateway in
      let requests = (1...9).map { number in
        number % 3 == 0
          ? "POST /v1/sync/echo?\(number) HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
          : "GET /v1/sync/echo?\(number) HTTP/1.1\r\nHost: a\r\n\r\n"
      }
      let answers = try await RawClient(port: gateway.port).exchange(requests.joined() + Self.probe)
      let numbers = answers.dropLast().compactMap { $0.json["value"]?["http"]?["queryString"]?.string }
      #expect(numbers == (1...9).map { "\($0)" })
      #expect(answers.count == 10)
    }
  }

  @Test(arguments: ["/v1/sync/count", "/v1/sync/text", "/v1/sync/picture", "/v1/sync/list", "/nothing", "/"])
  func `HEAD says of an answer what GET says`(path: String) async throws {
    try await TestGateway.run { gateway in
      let client = RawClient(port: gateway.port)
      let get = try await client.exchange("GET \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
      let head = try await client.exchange("HEAD \(path) HTTP/1.1\r\nHost: a\r\n\r\n" + Self.probe, bodiless: [0])
      #expect(head.count == 2)
      for name in ["content-type", "content-length", "cache-control"] {
        #expect(head.first?[name] == get.first?[name], "\(name)")
      }
      #expect(head.first?.status == get.first?.status)
    }
  }

  @Test func `a refusal of HEAD has no body`() async throws {
    try await TestGateway.run { gateway in
      let answers = try await RawClient(port: gateway.port).exchange(
        "HEAD /v1/sync/count HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", bodiless: [0])
      #expect(answers.map(\.status) == [400])
    }
  }

  @Test func `a client that closes its half behind the request gets its answer`() async throws {
    try await TestGateway.run { gateway in
      let answers = try await RawClient(port: gateway.port).exchange(
        "GET /v1/sync/count HTTP/1.1\r\nHost: a\r\n\r\nGET /v1/sync/count HTTP/1.1\r\nHost: a\r\n\r\n"
      ) { sending in sending.finish() }
      #expect(answers.map(\.status) == [200, 200])
    }
  }

  @Test func `who waits for 100 gets it before the body, or the refusal instead`() async throws {
    try await TestGateway.run { gateway in
      try await RawClient(port: gateway.port).open { received, sending in
        let head = "Host: a\r\nExpect: 100-continue\r\n"
        try await sending.write(
          ByteBuffer(string: "POST /v1/sync/echo HTTP/1.1\r\n\(head)Content-Length: 2\r\n\r\n"))
        #expect(try await received.next()?.status == 100)
        try await sending.write(ByteBuffer(string: "ok"))
        #expect(try await received.next()?.json["value"]?["http"]?["body"] == "ok")
        try await sending.write(
          ByteBuffer(string: "POST /v1/sync/echo HTTP/1.1\r\n\(head)Content-Length: 2000000\r\n\r\n"))
        #expect(try await received.next()?.status == 413)
        #expect(try await received.next() == nil)
      }
    }
  }
}
