import FunctionRuntime
import StrictJSON
import Testing

@Suite struct EventTests {
  private func responder() -> Responder {
    let show: Route.Handler = { request, _ in
      let query = JSONObject(request.query.pairs.map { (key: $0.name, value: JSON.string($0.value)) })
      return Reply(
        200, json: ["query": .object(query), "body": .string(String(decoding: request.body, as: UTF8.self))])
    }
    return Responder(
      Function(
        name: "test", routes: [Route(.get, "", show), Route(.post, "", show), Route(.delete, "", show)],
        onInvocation: { json, context in ["did": json["task"] ?? "nothing", "id": .string(context.requestID)] }),
      world: .fixed())
  }

  @Test func `a raw event has its query and body as they came in`() async throws {
    let answer = try await responder().answer(raw("POST", query: "a=1", body: "{\"b\": 2}"))
    #expect(answer.body == ["query": ["a": "1"], "body": "{\"b\": 2}"])
  }

  @Test func `parameters of the project and deprecated twins of a raw event are ignored`() async throws {
    var event = raw("POST", query: "a=1").object ?? JSONObject()
    event["parameter"] = "x"
    event["__ow_method"] = "get"
    event["__ow_body"] = "y"
    #expect(try await responder().answer(.object(event)).body == ["query": ["a": "1"], "body": ""])
  }

  private func merged(_ method: String, _ members: [(key: String, value: JSON)], type: JSON = nil) -> JSON {
    .object(
      JSONObject(
        [("http", ["method": .string(method), "path": "", "headers": ["content-type": type]])] + members
          + [("__ow_method", "get")]))
  }

  @Test func `a merged event gets its query and body back`() async throws {
    let members: [(key: String, value: JSON)] = [("a b", "1&=+\u{E9}"), ("n", 2), ("list", [1])]
    let query: JSON = ["a b": "1&=+\u{E9}"]
    let get = try await responder().answer(merged("GET", members))
    #expect(get.body == ["query": query, "body": ""])
    let post = try await responder().answer(merged("POST", members))
    #expect(post.body == ["query": query, "body": "{\"a b\":\"1&=+\u{E9}\",\"n\":2,\"list\":[1]}"])
    let form = try await responder().answer(
      merged("POST", [("a", "x y"), ("b", "\u{1F600}")], type: "application/x-www-form-urlencoded"))
    #expect(form.body?["body"] == "a=x%20y&b=%F0%9F%98%80")
    #expect(try await responder().answer(merged("DELETE", [])).body?["body"] == "")
  }

  @Test func `what a merged event could not merge is its body`() async throws {
    let text = try await responder().answer(merged("POST", [("__ow_body", "plain")]))
    #expect(text.body?["body"] == "plain")
    let binary = try await responder().answer(merged("POST", [("__ow_body", "aGk="), ("__ow_isBase64Encoded", true)]))
    #expect(binary.body?["body"] == "hi")
  }

  @Test func `a body that is JSON already is written out`() async throws {
    let event: JSON = ["http": ["method": "POST", "path": "", "headers": [:], "body": ["a": [1]]]]
    #expect(try await responder().answer(event).body?["body"] == #"{"a":[1]}"#)
  }

  @Test func `an event without http is an invocation`() async throws {
    let answer = try await responder().answer(envelope(["task": "nightly"], id: "act-1"))
    #expect(answer.json == ["did": "nightly", "id": "act-1"])
    #expect(try await responder().answer(["task": "x"]).json["did"] == "x")
    #expect(try await responder().answer(["value": 7]).json["did"] == "nothing")
    #expect(try await responder().answer([:]).json["did"] == "nothing")
  }

  @Test(
    arguments: [
      ["http": nil, "task": "x"], ["http": "x", "task": "x"], ["__ow_method": "post", "task": "x"],
      ["value": ["http": nil, "task": "x"]], ["value": ["task": "x"], "http": nil],
    ] as [JSON])
  func `no member that a caller can choose makes a request an invocation`(event: JSON) async throws {
    let answer = try await responder().answer(event)
    #expect(answer.json["did"] == nil && answer.status == 405)
  }

  @Test func `a function without schedule refuses invocations`() async throws {
    let answer = try await Responder(Function(name: "test", routes: []), world: .fixed()).answer(["task": "x"])
    #expect(answer.status == 404 && answer.code == "not_invocable")
  }

  @Test func `an invocation that fails, or answers what the platform misreads, is a problem`() async throws {
    struct Broken: Error {}
    func answer(_ result: @escaping () throws -> JSON) async throws -> Answer {
      try await Responder(
        Function(name: "test", routes: [], onInvocation: { _, _ in try result() }), world: .fixed()
      ).answer([:])
    }
    #expect(try await answer { throw Broken() }.code == "internal")
    #expect(try await answer { ["error": "x"] }.code == "internal")
    #expect(try await answer { ["error": nil] }.code == "internal")
    #expect(try await answer { [1] }.code == "internal")
    #expect(try await answer { .raw(#"{"error":1}"#) }.code == "internal")
    #expect(try await answer { .raw("{") }.code == "internal")
    #expect(try await answer { .raw("{\"a\":\n1}") }.json == ["a": 1])
    #expect(try await answer { throw Problem.unavailable(retryAfter: .seconds(3)) }.status == 503)
    #expect(try await answer { ["a": .string(String(repeating: "a", count: 1_048_576))] }.code == "response_too_large")
  }

  @Test(arguments: [
    "", " ", "null", "[]", "\"x\"", "{", "{}{}", "{\"a\":1,}", "\u{FEFF}{}", "{\"a\":1,\"a\":2}", "\u{0}", "x",
  ])
  func `a line that is no event is a 400 all the same`(line: String) async throws {
    let answer = try Answer(await responder().answer(Array(line.utf8)))
    #expect(answer.status == 400 && answer.code == "invalid_event")
    #expect(answer.header("X-Request-Id")?.isEmpty == false)
  }

  @Test func `the rest of the envelope may be missing or of another type`() async throws {
    for line in [
      ["value": raw("GET")], ["value": raw("GET"), "activation_id": 7, "deadline": "soon", "api_key": nil],
      ["value": raw("GET"), "activation_id": "", "deadline": ["x"]],
    ] as [JSON] {
      let answer = try await responder().answer(line)
      #expect(answer.status == 200 && answer.header("X-Request-Id")?.utf8.count == 32)
    }
  }
}
