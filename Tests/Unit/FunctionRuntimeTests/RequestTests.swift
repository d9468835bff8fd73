import FunctionRuntime
import StrictJSON
import Testing

@Suite struct RequestTests {
  @Test func `a method is read in any case, and only ASCII letters fold`() {
    #expect(HTTPMethod("get") == .get && HTTPMethod("Patch") == .patch && HTTPMethod("OPTIONS") == .options)
    #expect(HTTPMethod("") == nil && HTTPMethod("BREW") == nil && HTTPMethod("opt\u{131}ons") == nil)
  }

  @Test func `headers ignore case and join what is repeated`() {
    let headers = Headers([("Accept", "a"), ("ACCEPT", "b"), ("Content-Type", " Text/Plain ; charset=utf-8")])
    #expect(headers["accept"] == "a, b" && headers["aCCept"] == "a, b" && headers["x"] == nil)
    #expect(headers.mediaType == "text/plain")
    #expect(Headers([("content-type", " ; x")]).mediaType == nil)
  }

  @Test func `an event's headers are texts or lists of them, and what is neither is none`() async throws {
    let show = responder { request, _ in
      #expect(request.headers["none"] == nil)
      return Reply(200, json: .array(["a", "b", "c", "d"].map { JSON(request.headers[$0]) }))
    }
    let answer = try await show.answer(raw("GET", "/x", headers: ["a": "1", "b": ["2", "3"], "c": 4, "d": nil]))
    #expect(answer.body == ["1", "2, 3", nil, nil])
    #expect(try await show.answer(["http": ["method": "GET", "path": "/x"]]).body == [nil, nil, nil, nil])
  }

  static let queries: [(String, [[String]])] = [
    ("", []), ("a=1", [["a", "1"]]), ("a=1&b=2&", [["a", "1"], ["b", "2"]]), ("a", [["a", ""]]), ("a=", [["a", ""]]),
    ("=v", [["", "v"]]), ("a=b=c", [["a", "b=c"]]), ("a+b=c+d%2B%26", [["a b", "c d+&"]]),
    ("%c3%A9=%F0%9F%98%80", [["\u{E9}", "\u{1F600}"]]),
  ]

  @Test(arguments: queries) func `a query is decoded pair by pair`(text: String, pairs: [[String]]) throws {
    let query = try Query(parsing: text)
    #expect(query.pairs.map { [$0.name, $0.value] } == pairs)
    for pair in pairs { #expect(query[pair[0]] == pair[1]) }
    #expect(query["none"] == nil)
  }

  @Test(arguments: [
    "a=%", "a=%4", "a=%4x", "%zz=1", "a=%ff", "a=%c3", "a=%00", "a=1&a=2", "a=1&%61=2",
    (0...64).map { "k\($0)=1" }.joined(separator: "&"),
  ])
  func `a query that can be read in two ways is refused`(text: String) async throws {
    let answer = try await responder { _, _ in Reply(200) }.answer(raw("GET", "/x", query: text))
    #expect(answer.status == 400 && answer.code == "invalid_query")
  }

  static let paths: [(String, [String])] = [
    ("", []), ("/", []), ("/a", ["a"]), ("/a/", ["a"]), ("/a/b%2Fc", ["a", "b/c"]), ("a/b", ["a", "b"]),
    ("/a+b%20c", ["a+b c"]), ("/%C3%A9", ["\u{E9}"]),
  ]

  @Test(arguments: paths) func `a path becomes its components`(path: String, components: [String]) async throws {
    let routes = ["", "/{a}", "/{a}/{b}"].map { pattern in
      Route(.get, pattern) { request, _ in Reply(200, json: .array(request.path.map(JSON.string))) }
    }
    let answer = try await Responder(Function(name: "test", routes: routes), world: .fixed()).answer(raw("GET", path))
    #expect(answer.body == .array(components.map(JSON.string)))
  }

  @Test(arguments: ["/%", "/a%2", "/%ff", "/%00", "/x%gg"])
  func `a path with a wrong escape is a 400`(path: String) async throws {
    let answer = try await responder { _, _ in Reply(200) }.answer(raw("GET", path))
    #expect(answer.status == 400 && answer.code == "invalid_path")
  }

  @Test func `a body is base64 only when the flag says so`() async throws {
    let echo = responder(.post) { request, _ in
      Reply(200, text: String(decoding: request.body, as: UTF8.self), contentType: "text/plain")
    }
    let type: [String: JSON] = ["content-type": "application/json"]
    #expect(
      try await echo.answer(raw("POST", "/x", headers: type, body: "eyJhIjoxfQ==", base64: true)).body == #"{"a":1}"#)
    #expect(try await echo.answer(raw("POST", "/x", headers: type, body: "eyJhIjoxfQ==")).body == "eyJhIjoxfQ==")
    let broken = try await echo.answer(raw("POST", "/x", body: "e?", base64: true))
    #expect(broken.status == 400 && broken.code == "invalid_body")
  }

  @Test(arguments: [(1_048_576, Int64(200)), (1_048_577, 413), (1_400_000, 413)], [false, true])
  func `a body may have one mebibyte`(size: (bytes: Int, status: Int64), base64: Bool) async throws {
    let count = responder(.post) { request, _ in Reply(200, json: ["count": JSON(request.body.count)]) }
    let body = [UInt8](repeating: UInt8(ascii: "a"), count: size.bytes)
    let text = base64 ? body.base64 : String(decoding: body, as: UTF8.self)
    let answer = try await count.answer(raw("POST", "/x", body: text, base64: base64))
    #expect(answer.status == size.status)
    #expect(size.status == 200 ? answer.body?["count"] == JSON(size.bytes) : answer.code == "content_too_large")
  }

  @Test(arguments: [("gzip", Int64(415)), ("br, gzip", 415), ("identity", 200), (" Identity ", 200), ("", 200)])
  func `a compressed body is refused`(coding: String, status: Int64) async throws {
    let answer = try await responder(.post) { _, _ in Reply(200) }
      .answer(raw("POST", "/x", headers: ["content-encoding": .string(coding)], body: "x"))
    #expect(answer.status == status)
    #expect(answer.code == (status == 415 ? "unsupported_encoding" : nil))
  }
}

@Suite struct RequestBodyTests {
  private func request(_ type: String?, _ body: String) -> Request {
    Request(method: .post, headers: Headers(type.map { [("Content-Type", $0)] } ?? []), body: Array(body.utf8))
  }

  @Test(arguments: [nil, "application/json", "Application/JSON; charset=utf-8", "application/merge-patch+json"])
  func `JSON is read under its types, or none`(type: String?) throws {
    #expect(try request(type, #"{"a":1}"#).json()["a"].integer(in: 1...1) == 1)
  }

  static let unreadable: [(String?, String, Int, String)] = [
    ("text/plain", "{}", 415, "unsupported_media_type"),
    ("application/x-www-form-urlencoded", "{}", 415, "unsupported_media_type"),
    (nil, "", 400, "invalid_json"), (nil, "{", 400, "invalid_json"), (nil, #"{"a":1,"a":2}"#, 400, "invalid_json"),
    (nil, "\"\u{0}\"", 400, "invalid_json"), (nil, "\u{FEFF}{}", 400, "invalid_json"),
    (nil, "[[[[[[[[[1]]]]]]]]]", 413, "content_too_large"),
    (nil, "[0\(String(repeating: ",0", count: 500))]", 413, "content_too_large"),
  ]

  @Test(arguments: unreadable) func `a body that is not the JSON we take says why`(
    type: String?, body: String, status: Int, code: String
  ) {
    let problem = #expect(throws: Problem.self) { try request(type, body).json() }
    #expect(problem?.status == status && problem?.code == code)
  }

  @Test func `a limit may be raised for one route`() throws {
    let body = "[0\(String(repeating: ",0", count: 500))]"
    #expect(try request(nil, body).json(.importFile).items().count == 501)
  }

  @Test func `a form is read, and a name given twice refused`() throws {
    let form = "application/x-www-form-urlencoded; charset=UTF-8"
    #expect(try request(form, "grant_type=x+y&code=%2B").form() == ["grant_type": "x y", "code": "+"])
    let twice = #expect(throws: Problem.self) { try request(form, "a=1&a=2").form() }
    #expect(twice?.status == 400 && twice?.code == "invalid_form")
    let untyped = #expect(throws: Problem.self) { try request(nil, "a=1").form() }
    #expect(untyped?.status == 415)
    let binary = Request(
      method: .post, headers: Headers([("content-type", "application/x-www-form-urlencoded")]), body: [0xFF])
    #expect(throws: Problem.self) { try binary.form() }
  }
}

extension [UInt8] {
  /// Written out here, so that the runtime's decoder is not tested against its own library.
  var base64: String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    for start in stride(from: 0, to: count, by: 3) {
      let group = self[start..<Swift.min(start + 3, count)]
      let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
      for place in 0..<4 {
        let index = Int(bits >> UInt32(18 - 6 * place) & 63)
        text.append(place <= group.count ? alphabet[index] : UInt8(ascii: "="))
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}
