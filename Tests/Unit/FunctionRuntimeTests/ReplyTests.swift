import FunctionRuntime
import StrictJSON
import Testing

@Suite struct ReplyTests {
  private func answer(_ reply: Reply) async throws -> Answer {
    try await responder { _, _ in reply }.answer(raw("GET", "/x"))
  }

  @Test func `every reply carries the headers of all`() async throws {
    for path in ["/x", "/nope"] {
      let answer = try await responder { _, _ in Reply(200, json: [:]) }.answer(envelope(raw("GET", path), id: "act-1"))
      #expect(answer.header("X-Request-Id") == "act-1")
      #expect(answer.header("traceparent")?.hasPrefix("00-") == true)
      #expect(answer.header("Server-Timing")?.hasPrefix("app;dur=") == true)
      #expect(answer.header("Cache-Control") == "no-store")
      #expect(answer.header("X-Content-Type-Options") == "nosniff")
      #expect(answer.header("Content-Security-Policy") == "default-src 'none'; frame-ancestors 'none'")
      #expect(answer.header("Vary") == "Origin")
    }
  }

  @Test func `a handler decides about caching and content security, but not about the request id`() async throws {
    let reply = Reply(200, json: [:]).header("cache-control", "private, no-cache").header("X-Request-ID", "mine")
      .header("content-security-policy", "default-src 'self'").header("Vary", "Accept").header("ETag", "\"1\"")
    let answer = try await answer(reply)
    #expect(answer.header("cache-control") == "private, no-cache" && answer.header("Cache-Control") == nil)
    #expect(answer.header("content-security-policy") == "default-src 'self'")
    #expect(answer.header("X-Request-Id") != "mine" && answer.header("X-Request-ID") == nil)
    #expect(answer.header("Vary") == "Accept, Origin")
    #expect(answer.header("ETag") == "\"1\"")
  }

  @Test func `JSON goes as an object or an array, and text of PostgreSQL in it on one line`() async throws {
    #expect(try await answer(Reply(200, json: [1, 2])).body == [1, 2])
    let spliced = try await answer(Reply(200, json: ["a": .raw("[{\"b\":1}, \r\n {\"b\":2}]")]))
    #expect(spliced.body == ["a": [["b": 1], ["b": 2]]])
    #expect(spliced.header("Content-Type") == "application/json")
    #expect(try await answer(Reply(200, json: .raw(" \n[1]"))).body == [1])
    let typed = try await answer(Reply(200, json: [:], headers: [("content-type", "application/ld+json")]))
    #expect(typed.header("content-type") == "application/ld+json")
  }

  @Test func `text goes as it is, what the platform takes for binary as base64`() async throws {
    let csv = try await answer(Reply(200, text: "a,b\n1,2\n", contentType: "text/csv; charset=utf-8"))
    #expect(csv.body == "a,b\n1,2\n" && csv.header("Content-Type") == "text/csv; charset=utf-8")
    #expect(try await answer(Reply(200, text: "<a/>", contentType: "application/xml")).body == "<a/>")
    #expect(try await answer(Reply(200, text: "<svg/>", contentType: "image/svg+xml")).body == "PHN2Zy8+")
    #expect(try await answer(Reply(200, bytes: [0, 255], contentType: "image/png")).body == "AP8=")
  }

  @Test func `a reply without a body has none`() async throws {
    let answer = try await answer(Reply(204))
    #expect(answer.status == 204 && answer.json.object?["body"] == nil)
    #expect(answer.json.object?.members.map(\.key) == ["statusCode", "headers"])
  }

  @Test func `cookies stay apart, other repeated headers are joined`() async throws {
    let answer = try await answer(
      Reply(200).header("Set-Cookie", "a=1").header("set-cookie", "b=2").header("Link", "<a>").header("link", "<b>"))
    #expect(answer.json["headers"]?["Set-Cookie"] == ["a=1", "b=2"])
    #expect(answer.header("Link") == "<a>, <b>")
    let one = try await self.answer(Reply(200).header("Set-Cookie", "a=1"))
    #expect(one.header("Set-Cookie") == "a=1")
  }

  static let invalid: [Reply] = [
    Reply(200, json: "text"), Reply(200, json: 1), Reply(200, json: .null), Reply(200, json: .raw("\"x\"")),
    Reply(200, json: .raw(" ")), Reply(200, json: [:], headers: [("Content-Type", "text/plain")]),
    Reply(200, text: "{}", contentType: "application/json"), Reply(200, text: "{}", contentType: "application/x+json"),
    Reply(200, text: "a", contentType: ""), Reply(200, bytes: [1], contentType: "text/plain"), Reply(99), Reply(600),
    Reply(100), Reply(200).header("X", "a\r\nSet-Cookie: b"), Reply(200).header("X", "a\n"),
    Reply(200).header("X", "\0"),
    Reply(200).header("X", "caf\u{E9}"), Reply(200).header("X\r\nY", "a"), Reply(200).header("", "a"),
    Reply(200).header("a b", "c"), Reply(200).header("a:", "c"), Reply(200, json: [:], headers: [("\u{212A}", "c")]),
  ]

  @Test(arguments: invalid.indices) func `a reply the platform would misread is a 500 that shows nothing of it`(
    index: Int
  ) async throws {
    let answer = try await answer(Self.invalid[index])
    #expect(answer.status == 500 && answer.code == "internal")
    #expect(answer.header("X") == nil && answer.header("Set-Cookie") == nil)
  }

  @Test func `an answer has at most one mebibyte, all of it counted`() async throws {
    func reply(_ count: Int) -> Reply { Reply(200, json: ["a": .string(String(repeating: "a", count: count))]) }
    let overhead = try await answer(reply(0)).line.count
    let largest = try await answer(reply(1_048_576 - overhead))
    #expect(largest.status == 200 && largest.line.count == 1_048_576)
    let larger = try await answer(reply(1_048_577 - overhead))
    // A question that asks for too much is the caller's to narrow, and does not change by itself.
    #expect(larger.status == 400 && larger.code == "response_too_large" && larger.line.count < 2000)
    let escaped = try await answer(Reply(200, json: ["a": .string(String(repeating: "\"", count: 600_000))]))
    #expect(escaped.code == "response_too_large")
  }
}

@Suite struct ProblemTests {
  private struct Secret: Error { let password = "hunter2" }

  private func answer(
    _ problem: @escaping Function.ProblemMap = { _, _ in nil }, throwing error: any Error
  ) async throws -> (answer: Answer, log: String) {
    let log = try ScratchFile()
    let responder = responder(world: .fixed(log: log.descriptor.number), problem: problem) { _, _ in throw error }
    return (try await responder.answer(envelope(raw("GET", "/x"), id: "act-9")), try log.text())
  }

  @Test func `a problem has the members of RFC 9457 and ours`() async throws {
    let errors = [Problem.FieldError(pointer: "/a/0", code: "missing", detail: "is required")]
    let problem = Problem(409, code: "taken", detail: "It is taken.", errors: errors, headers: [("X-Why", "y")])
    let (answer, _) = try await answer(throwing: problem)
    #expect(
      answer.body == [
        "type": "about:blank", "title": "Conflict", "status": 409, "code": "taken", "detail": "It is taken.",
        "instance": "urn:request:act-9", "errors": [["pointer": "/a/0", "code": "missing", "detail": "is required"]],
      ])
    #expect(answer.status == 409 && answer.header("X-Why") == "y")
    #expect(answer.header("Content-Type") == "application/problem+json")
  }

  @Test func `a mismatch is a 422 that names the field`() async throws {
    let mismatch = JSONMismatch(JSONPointer.root["push"][3]["a/b"], code: "wrong_type", detail: "must be a string")
    let (answer, log) = try await answer(throwing: mismatch)
    #expect(answer.status == 422 && answer.code == "invalid_content")
    #expect(
      answer.body?["errors"] == [["pointer": "/push/3/a~1b", "code": "wrong_type", "detail": "must be a string"]])
    #expect(!log.contains("request failed"))
  }

  @Test func `an unknown error shows its id to the caller and itself to the log`() async throws {
    let (answer, log) = try await answer(throwing: Secret())
    #expect(answer.status == 500 && answer.code == "internal")
    #expect(answer.body?["instance"] == "urn:request:act-9" && answer.body?["errors"] == nil)
    #expect(!String(decoding: answer.line, as: UTF8.self).contains("hunter2"))
    let line = try JSON(parsing: String(try #require(log.split(separator: "\n").first)), limits: .trusted)
    #expect(line["request_id"] == "act-9" && line["level"] == "error" && line["type"] == "Secret")
    #expect(line["error"]?.string?.contains("hunter2") == true)
  }

  @Test func `another layer's error is shown as the function says`() async throws {
    let (answer, log) = try await answer(
      { error, _ in error is Secret ? .unavailable(retryAfter: .milliseconds(1500)) : nil }, throwing: Secret())
    #expect(answer.status == 503 && answer.code == "unavailable" && answer.header("Retry-After") == "2")
    #expect(log.contains("\"code\":\"unavailable\""))
  }

  @Test func `a problem that cannot be sent is a plain 500`() async throws {
    let (answer, _) = try await answer(
      { _, _ in Problem(400, code: "x", detail: "y", headers: [("X", "\n")]) }, throwing: Secret())
    #expect(answer.status == 500 && answer.code == "internal")
  }

  @Test func `the usual problems have their status and headers`() {
    let challenge = Problem.unauthenticated()
    #expect(challenge.status == 401 && challenge.code == "invalid_token")
    #expect(challenge.headers.first?.1 == #"Bearer error="invalid_token""#)
    #expect(Problem.unauthenticated(tokenPresented: false).headers.first?.1 == "Bearer")
    #expect(Problem.forbidden(detail: "d").status == 403)
    #expect(Problem.conflict(code: "c", detail: "d").status == 409)
    #expect(Problem.notFound().code == "not_found")
    #expect(Problem.tooManyRequests(retryAfter: .zero).headers.first?.1 == "1")
    #expect(Problem.tooManyRequests(retryAfter: .seconds(7)).headers.first?.1 == "7")
  }

  @Test(arguments: [400, 401, 403, 404, 405, 409, 410, 412, 413, 415, 422, 428, 429, 500, 503, 504, 418, 599])
  func `every status has a title`(status: Int) async throws {
    let (answer, _) = try await answer(throwing: Problem(status, code: "c", detail: "d"))
    #expect(answer.body?["title"]?.string?.isEmpty == false)
  }
}
