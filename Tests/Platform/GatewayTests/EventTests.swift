import Foundation
import Gateway
import NIOCore
import StrictJSON
import Testing

@Suite struct EventTests {
  @Test func `an event has the platform's shape`() async throws {
    try await TestGateway.run { gateway in
      let event = try await gateway.send(
        "POST", "/v1/sync/echo/it?detail=days&x=%20",
        headers: [
          ("Content-Type", "application/json"), ("X-Many", "1"), ("X-Many", "2"), ("X-Forwarded-For", "6.6.6.6"),
        ],
        body: ByteBuffer(string: "{\"a\":\n\"é\\\"\"}")
      ).json
      let http = try #require(event["value"]?["http"])
      #expect(http["method"] == "POST")
      #expect(http["path"] == "/echo/it")
      #expect(http["queryString"] == "detail=days&x=%20")
      #expect(http["body"] == "{\"a\":\n\"é\\\"\"}")
      #expect(http["isBase64Encoded"] == false)
      #expect(http["headers"]?["content-type"] == "application/json")
      #expect(http["headers"]?["x-many"] == "1, 2")
      #expect(http["headers"]?["x-forwarded-for"] == "127.0.0.1")
      #expect(http["headers"]?["host"] == .string("127.0.0.1:\(gateway.port)"))
      #expect(event["action_name"] == "/local/v1/sync")
      #expect(event["namespace"] == "local")
      #expect(event["activation_id"]?.string?.count == 32)
      #expect(event["transaction_id"]?.string?.isEmpty == false)
    }
  }

  @Test func `the deadline is when the platform would give up`() async throws {
    try await TestGateway.run { gateway in
      let event = try await gateway.send("GET", "/v1/sync/echo").json
      let deadline = try #require(event["deadline"]?.string.flatMap { Int64($0) })
      let remaining = deadline - Int64(Date.now.timeIntervalSince1970 * 1000)
      #expect((20_000...30_000).contains(remaining))
    }
  }

  @Test(arguments: ["/v1/sync/echo", "/api/v1/web/fn-1234/v1/sync/echo"])
  func `both forms of a path reach the function`(path: String) async throws {
    try await TestGateway.run { gateway in
      let event = try await gateway.send("GET", path).json
      #expect(event["value"]?["http"]?["path"] == "/echo")
    }
  }

  @Test(arguments: ["/v1/other/echo", "/v1", "/v1/", "/v2/sync/echo", "/sync", "/api/v1/web/v1/sync", "//v1/sync"])
  func `other paths are answered 404`(path: String) async throws {
    try await TestGateway.run { gateway in
      let answer = try await gateway.send("GET", path)
      #expect(answer.status == 404)
      #expect(answer["content-type"] == ["application/problem+json"])
      #expect(answer.json["code"] == "not_found")
    }
  }

  @Test(arguments: [[0xFF, 0xFE], [0x61, 0x00, 0x62]] as [[UInt8]])
  func `a body that is no text arrives as base64`(bytes: [UInt8]) async throws {
    try await TestGateway.run { gateway in
      let event = try await gateway.send("POST", "/v1/sync/echo", body: ByteBuffer(bytes: bytes)).json
      #expect(event["value"]?["http"]?["body"]?.string == Data(bytes).base64EncodedString())
      #expect(event["value"]?["http"]?["isBase64Encoded"] == true)
    }
  }

  @Test(arguments: ["OPTIONS", "HEAD", "PATCH", "DELETE"])
  func `every method is passed on`(method: String) async throws {
    try await TestGateway.run { gateway in
      let answer = try await gateway.send(method, "/v1/sync/echo")
      #expect(answer.status == 200)
      if method == "HEAD" {
        #expect(answer.text == "")
        #expect(answer["content-length"].first.flatMap { Int($0) } ?? 0 > 100)
      } else {
        #expect(answer.json["value"]?["http"]?["method"] == .string(method))
      }
    }
  }

  @Test func `a function gets its own environment and nothing else`() async throws {
    try await TestGateway.run(environments: ["sync": ["DATABASE_URL": "postgresql://a=b"]]) { gateway in
      let ofBash: Set<Substring> = ["PWD", "SHLVL", "_", "OLDPWD"]
      let variables = try await gateway.send("GET", "/v1/sync/environment").text.split(separator: ";")
        .filter { !ofBash.contains($0.prefix { $0 != "=" }) }
      #expect(variables.sorted() == ["DATABASE_URL=postgresql://a=b", "__OW_WAIT_FOR_ACK=1"])
    }
  }
}
