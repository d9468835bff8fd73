import Foundation
import Gateway
import NIOCore
import StrictJSON
import Testing

@Suite struct FailureTests {
  @Test(arguments: [
    "die", "garbage", "unfinished", "error", "status", "two-lines", "line-and-a-half", "second-before-end", "too-long",
  ])
  func `a function that breaks the protocol is answered 502 and the next caller gets his own answer`(
    path: String
  ) async throws {
    try await TestGateway.run { gateway in
      let failed = try await gateway.send("GET", "/v1/sync/\(path)")
      #expect(failed.status == 502)
      #expect(failed["content-type"] == ["application/problem+json"])
      #expect(failed.json["code"] == "function_failed")
      let next = try await gateway.send("GET", "/v1/sync/echo?\(path)")
      #expect(next.status == 200)
      #expect(next.json["value"]?["http"]?["queryString"] == .string(path))
    }
  }

  @Test func `a line after an answer, while nobody asks, reaches nobody`() async throws {
    try await TestGateway.run { gateway in
      for round in 1...5 {
        let own = try await gateway.send("GET", "/v1/sync/second-after-end")
        #expect(own.status == 200 ? own.json == ["mine": true] : own.status == 502)
        try await Task.sleep(for: .milliseconds(100))
        let next = try await gateway.send("GET", "/v1/sync/echo?\(round)")
        #expect(next.json["value"]?["http"]?["queryString"] == .string("\(round)"))
      }
    }
  }

  @Test func `a process that dies is replaced`() async throws {
    try await TestGateway.run { gateway in
      let before = try await gateway.send("GET", "/v1/sync/count").json
      #expect(try await gateway.send("GET", "/v1/sync/die").status == 502)
      let after = try await gateway.send("GET", "/v1/sync/count").json
      #expect(before["pid"] != after["pid"])
      #expect(after["events"] == 1)
    }
  }

  @Test func `a process that dies between two events costs nobody an answer`() async throws {
    try await TestGateway.run { gateway in
      for _ in 1...5 {
        let answer = try await gateway.send("GET", "/v1/sync/answer-and-die")
        #expect(answer.json == ["last": true])
        try await Task.sleep(for: .milliseconds(100))
      }
    }
  }

  @Test(arguments: ["hang", "endless-log"])
  func `a process that does not finish in time is stopped and answered 504`(path: String) async throws {
    var limits = Limits()
    limits.activation = .milliseconds(300)
    try await TestGateway.run(limits: limits) { gateway in
      let answer = try await gateway.send("GET", "/v1/sync/\(path)")
      #expect(answer.status == 504)
      #expect(answer.json["code"] == "timed_out")
      #expect(try await gateway.send("GET", "/v1/sync/count").json["events"] == 1)
    }
  }

  @Test(arguments: ["#!/bin/bash\nexit 1", "#!/bin/bash\necho '{\"ok\":false}' >&3\nsleep 9", "#!/nonexistent"])
  func `a function that does not start is answered 502`(script: String) async throws {
    try await TestGateway.run(script: script) { gateway in
      let answer = try await gateway.send("GET", "/v1/sync/echo")
      #expect(answer.status == 502)
    }
  }

  /// Without the field a page sees a network error whatever the status (Fetch, 3.3).
  @Test(arguments: [
    ("/v1/sync/die", 502), ("/v1/sync/hang", 504), ("/v1/sync/hold", 503), ("/v1/nothing", 404), ("/", 200),
  ])
  func `a page of another origin can read what the gateway itself says`(path: String, status: UInt) async throws {
    var limits = Limits()
    if status == 504 { limits.activation = .milliseconds(200) }
    limits.queuedMax = 0
    try await TestGateway.run(limits: limits) { gateway in
      let held = status == 503 ? Task { try await gateway.send("GET", "/v1/sync/hold") } : nil
      if held != nil { try await FakeFunction.waitUntilHeld(1, in: gateway.folder) }
      for (origin, allowed) in [
        ("vscode-webview://1a2b", "vscode-webview://1a2b"), ("https://dash.example", "https://dash.example"),
        ("https://evil.example", nil),
      ] {
        let answer = try await gateway.send("GET", path, headers: [("Origin", origin)])
        #expect(answer.status == status)
        #expect(answer["access-control-allow-origin"].first == allowed)
        #expect(answer["vary"] == ["Origin"])
        let exposed = answer["access-control-expose-headers"].first
        #expect(allowed == nil || exposed?.contains("Retry-After") == true)
      }
      try FakeFunction.release(gateway.folder)
      _ = try await held?.value
    }
  }

  @Test func `a request of more than 1 MB is refused`() async throws {
    try await TestGateway.run { gateway in
      let whole = ByteBuffer(repeating: UInt8(ascii: "x"), count: 1 << 20)
      #expect(try await gateway.send("POST", "/v1/sync/count", body: whole).status == 200)
      let more = ByteBuffer(repeating: UInt8(ascii: "x"), count: 1 << 20 + 1)
      let answer = try await gateway.send("POST", "/v1/sync/count", body: more)
      #expect(answer.status == 413)
      #expect(answer["content-type"] == ["application/problem+json"])
      // As a function itself says it, so that a program has one code to know.
      #expect(answer.json["code"] == "content_too_large")
      #expect(answer.json["instance"]?.string?.hasPrefix("urn:request:") == true)
      #expect(try await gateway.send("GET", "/v1/sync/count").status == 200)
    }
  }

  @Test func `without its executable a function is not served at all`() async throws {
    let folder = try FakeFunction.folder([])
    defer { try? FileManager.default.removeItem(at: folder) }
    let configuration = Gateway.Configuration(
      host: "127.0.0.1", port: 0, binDirectory: folder.path, poolSize: 1, environments: ["sync": [:]])
    await #expect(throws: GatewayError.noExecutable("\(folder.path)/sync")) { try await Gateway(configuration).run() }
  }
}
