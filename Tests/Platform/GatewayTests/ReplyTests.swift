import Gateway
import NIOCore
import StrictJSON
import Testing

@Suite struct ReplyTests {
  private func answer(_ path: String) async throws -> Answer {
    let (answers, yielding) = AsyncStream.makeStream(of: Answer.self)
    try await TestGateway.run { gateway in yielding.yield(try await gateway.send("GET", "/v1/sync/\(path)")) }
    yielding.finish()
    for await answer in answers { return answer }
    throw CancellationError()
  }

  @Test func `an object or array is JSON, byte for byte`() async throws {
    let answer = try await answer("list")
    #expect(answer.status == 201)
    #expect(answer["content-type"] == ["application/json"])
    #expect(answer.text == #"[1, {"a":"}\""}]"#)
  }

  @Test func `a string is HTML unless it says otherwise`() async throws {
    let answer = try await answer("text")
    #expect(answer.status == 200)
    #expect(answer["content-type"] == ["text/html; charset=utf-8"])
    #expect(answer.text == "<p>é</p>")
  }

  @Test func `a string of a textual type is sent as it is`() async throws {
    let answer = try await answer("atom")
    #expect(answer["content-type"] == ["application/atom+xml"])
    #expect(answer.text == "<feed/>")
  }

  @Test func `a picture in SVG is base64 too, as to the platform`() async throws {
    let answer = try await answer("svg")
    #expect(answer["content-type"] == ["image/svg+xml; charset=utf-8"])
    #expect(answer.text == "<svg/>")
  }

  @Test func `a string of a binary type is base64`() async throws {
    let answer = try await answer("picture")
    #expect(answer.body == ByteBuffer(bytes: [0x89, 0x50, 0x4E, 0x47]))
  }

  @Test func `headers may be numbers, flags and lists`() async throws {
    let answer = try await answer("cookies")
    #expect(answer["set-cookie"] == ["a=1", "b=2"])
    #expect(answer["x-number"] == ["7"])
    #expect(answer["x-flag"] == ["true"])
  }

  @Test func `no body is 204`() async throws {
    let answer = try await answer("empty")
    #expect(answer.status == 204)
    #expect(answer["content-length"] == [])
  }

  @Test func `a status without body stays what it is`() async throws {
    let answer = try await answer("unchanged")
    #expect(answer.status == 304)
    #expect(answer["etag"] == ["\"1\""])
    #expect(answer.text == "")
  }

  @Test func `the root says what this is`() async throws {
    try await TestGateway.run { gateway in
      let answer = try await gateway.send("GET", "/")
      #expect(answer.status == 200)
      #expect(answer.json["functions"] == ["/v1/sync"])
    }
  }
}
