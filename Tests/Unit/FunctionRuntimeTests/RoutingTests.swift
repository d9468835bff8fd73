import FunctionRuntime
import StrictJSON
import Testing

@Suite struct RoutingTests {
  private static let origin = "https://dash.example"

  private func responder() -> Responder {
    func named(_ name: String) -> Route.Handler {
      { request, _ in
        let parameters = request.parameters.sorted { $0.key < $1.key }.map {
          (key: $0.key, value: JSON.string($0.value))
        }
        return Reply(
          200,
          json: [
            "route": .string(name), "parameters": .object(JSONObject(parameters)),
            "method": .string(request.method.rawValue),
          ])
      }
    }
    let routes = [
      Route(.get, "", named("root")), Route(.post, "", named("push")), Route(.get, "/devices/me", named("me")),
      Route(.get, "/devices/{id}", named("device")), Route(.patch, "/devices/{id}", named("rename")),
      Route(.delete, "/teams/{team}/members/{member}", named("leave")),
      Route(.get, "/shares/{id}/card.svg", isForEveryone: true, named("card")),
    ]
    let origins = ["BREATH_CORS_ORIGINS": " \(Self.origin) ,vscode-webview:,"]
    return Responder(Function(name: "test", routes: routes), world: .fixed(origins))
  }

  static let found: [(String, String, String, JSON)] = [
    ("GET", "", "root", [:]), ("get", "/", "root", [:]), ("POST", "", "push", [:]), ("GET", "/devices/me", "me", [:]),
    ("GET", "/devices/7/", "device", ["id": "7"]), ("PATCH", "/devices/a%2Fb", "rename", ["id": "a/b"]),
    ("DELETE", "/teams/t/members/m", "leave", ["team": "t", "member": "m"]),
  ]

  @Test(arguments: found) func `a route is found by method and path`(
    method: String, path: String, name: String, parameters: JSON
  ) async throws {
    let answer = try await responder().answer(raw(method, path))
    #expect(answer.status == 200 && answer.body?["route"]?.string == name)
    #expect(answer.body?["parameters"] == parameters)
  }

  @Test(arguments: ["/nope", "/devices", "/devices/", "/devices//", "/devices/7/8", "//devices/7", "/Devices/7"])
  func `an unknown path is a 404`(path: String) async throws {
    for method in ["GET", "OPTIONS", "POST", "BREW"] {
      let answer = try await responder().answer(raw(method, path))
      #expect(answer.status == 404 && answer.code == "not_found")
    }
  }

  @Test(arguments: [
    ("DELETE", "", "GET, HEAD, POST, OPTIONS"), ("BREW", "", "GET, HEAD, POST, OPTIONS"),
    ("", "", "GET, HEAD, POST, OPTIONS"),
    ("PUT", "/devices/7", "GET, HEAD, PATCH, OPTIONS"), ("HEAD", "/teams/t/members/m", "DELETE, OPTIONS"),
  ])
  func `a wrong method is a 405 that says what is allowed`(method: String, path: String, allow: String) async throws {
    let answer = try await responder().answer(raw(method, path))
    #expect(answer.status == 405 && answer.header("Allow") == allow)
    #expect(answer.code == "method_not_allowed")
  }

  /// Its body is left out by whoever speaks HTTP for us, who then knows its length and type (RFC 9110, 9.3.2).
  @Test(arguments: ["/devices/me", "/nope"]) func `HEAD is answered as GET is`(path: String) async throws {
    let (get, head) = (
      try await responder().answer(raw("GET", path)), try await responder().answer(raw("HEAD", path))
    )
    #expect(head.status == get.status)
    #expect(head.body == nil ? get.body == nil : head.header("Content-Type") == get.header("Content-Type"))
    #expect(head.header("Content-Type") != nil && head.json.object?["body"] != nil)
  }

  @Test(arguments: [origin, "vscode-webview://0a1b2c"])
  func `a preflight of an allowed origin is answered by us`(origin: String) async throws {
    let answer = try await responder().answer(
      raw("OPTIONS", "/devices/7", headers: ["origin": .string(origin), "access-control-request-method": "PATCH"]))
    #expect(answer.status == 204 && answer.body == nil)
    #expect(answer.header("Allow") == "GET, HEAD, PATCH, OPTIONS")
    #expect(answer.header("Access-Control-Allow-Origin") == origin)
    #expect(answer.header("Access-Control-Allow-Methods") == "GET, HEAD, PATCH, OPTIONS")
    #expect(
      answer.header("Access-Control-Allow-Headers")
        == "Authorization, Content-Type, If-None-Match, X-Request-Id, traceparent")
    #expect(answer.header("Access-Control-Max-Age") == "7200")
    #expect(answer.header("Vary") == "Origin")
  }

  @Test(arguments: [
    "https://evil.example", "https://dash.example.evil", "http://dash.example", "https://dash.example:8443", "null", "",
    "vscode-webview:x", "xvscode-webview://a", "vscode-webview://a b", "vscode-webview://a\r\nX: y", "*",
  ])
  func `another origin gets no CORS header, and Vary all the same`(origin: String) async throws {
    for method in ["OPTIONS", "GET"] {
      let headers: [String: JSON] = ["origin": .string(origin), "access-control-request-method": "GET"]
      let answer = try await responder().answer(raw(method, "", headers: headers))
      #expect(answer.json["headers"]?.object?.members.contains { $0.key.hasPrefix("Access-Control") } == false)
      #expect(answer.header("Vary") == "Origin")
    }
  }

  @Test func `an allowed origin may read answers and errors`() async throws {
    for path in ["", "/nope"] {
      let answer = try await responder().answer(raw("GET", path, headers: ["origin": .string(Self.origin)]))
      #expect(answer.header("Access-Control-Allow-Origin") == Self.origin)
      #expect(
        answer.header("Access-Control-Expose-Headers")
          == "Allow, Content-Disposition, Date, ETag, Link, RateLimit, RateLimit-Policy, Retry-After, Server-Timing, "
          + "WWW-Authenticate, X-Request-Id, traceparent")
      #expect(answer.header("Access-Control-Allow-Credentials") == nil)
      #expect(answer.header("Access-Control-Allow-Methods") == nil)
    }
  }

  @Test(arguments: ["GET", "HEAD", "OPTIONS", "DELETE"])
  func `what is for everybody may be read by any page, and is one to every cache`(method: String) async throws {
    let headers: [String: JSON] = ["origin": "https://blog.example", "access-control-request-method": "GET"]
    let answer = try await responder().answer(raw(method, "/shares/7/card.svg", headers: headers))
    #expect(answer.header("Access-Control-Allow-Origin") == "*")
    #expect(answer.header("Access-Control-Expose-Headers")?.contains("ETag") == true)
    #expect(answer.header("Access-Control-Allow-Credentials") == nil)
    #expect(answer.header("Vary") == nil)
    let preflight = method == "OPTIONS" ? "GET, HEAD, OPTIONS" : nil
    #expect(answer.header("Access-Control-Allow-Methods") == preflight)
  }

  @Test func `without a list no origin is allowed`() async throws {
    let bare = Responder(Function(name: "test", routes: []), world: .fixed())
    let answer = try await bare.answer(raw("GET", "", headers: ["origin": "https://dash.example"]))
    #expect(answer.header("Access-Control-Allow-Origin") == nil)
  }
}
