import Foundation
import Gateway
import TestSupport
import Testing

/// HTTP clients that others wrote, against the gateway.
@Suite struct ClientTests {
  /// Debian's own Python has Debian's httpx.
  private static let tools = [
    "ab": "/usr/bin/ab", "curl": "/usr/bin/curl", "wget": "/usr/bin/wget", "python3": "/usr/bin/python3",
  ]

  private static func isThere(_ tool: String) -> Bool {
    FileManager.default.isExecutableFile(atPath: tools[tool] ?? "")
      && (tool != "python3" || FileManager.default.fileExists(atPath: "/usr/lib/python3/dist-packages/httpx"))
  }

  /// On a thread of its own: the gateway answers meanwhile.
  private static func run(_ tool: String, _ arguments: [String]) async throws -> Command {
    let path = try #require(tools[tool])
    return try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(with: Result { try Command(path, arguments, together: true) })
      }
    }
  }

  @Test(
    .enabled(if: isThere("ab"), "NOT RUN: install apache2-utils"),
    arguments: [[], ["-k"], ["-i"], ["-k", "-i"], ["-p", "/etc/passwd", "-T", "text/plain"]] as [[String]])
  func `ab gets all its answers, kept alive or not`(options: [String]) async throws {
    try await TestGateway.run(poolSize: 2) { gateway in
      let ended = try await Self.run(
        "ab", ["-s", "5", "-n", "40", "-c", "4"] + options + ["http://127.0.0.1:\(gateway.port)/v1/sync/empty-object"])
      #expect(ended.status == 0 && ended.output.contains(/Complete requests: +40\n/), "\(ended.output)")
      #expect(ended.output.contains(/Failed requests: +0\n/) && !ended.output.contains("Non-2xx"), "\(ended.output)")
      #expect(!options.contains("-k") || ended.output.contains(/Keep-Alive requests: +40\n/), "\(ended.output)")
    }
  }

  @Test(
    .enabled(if: isThere("curl"), "NOT RUN: install curl"),
    arguments: [
      [], ["--http1.0"], ["--head"], ["-H", "Expect: 100-continue", "-d", "{}"],
      ["-H", "Transfer-Encoding: chunked", "-d", "{}"],
      ["--http1.0", "-d", "{}"], ["--request-target", "http://a/v1/sync/count"], ["-H", "Connection: close"],
    ] as [[String]])
  func `curl gets its answers at once`(options: [String]) async throws {
    try await TestGateway.run { gateway in
      let address = "http://127.0.0.1:\(gateway.port)/v1/sync/count"
      let ended = try await Self.run(
        "curl",
        ["-sS", "-m", "20", "--expect100-timeout", "60", "-o", "/dev/null", "-w", "%{http_code} "] + options + [
          address, address,
        ])
      #expect(ended.output.hasPrefix("200 ") && ended.status == 0, "\(ended.output)")
    }
  }

  @Test(.enabled(if: isThere("curl"), "NOT RUN: install curl"))
  func `curl that waits for 100 does not send what is too large`() async throws {
    try await TestGateway.run { gateway in
      let file = gateway.folder.appending(path: "large")
      try Data(count: 2_000_000).write(to: file)
      let ended = try await Self.run(
        "curl",
        [
          "-sS", "-m", "5", "-o", "/dev/null", "-w", "%{http_code} %{size_upload}", "-H", "Expect: 100-continue",
          "--data-binary", "@\(file.path)", "http://127.0.0.1:\(gateway.port)/v1/sync/count",
        ])
      #expect(ended.output == "413 0" && ended.status == 0, "\(ended.output)")
    }
  }

  @Test(
    .enabled(if: isThere("wget"), "NOT RUN: install wget"),
    arguments: [[], ["--no-http-keep-alive"], ["--spider"], ["--post-data={}"]] as [[String]])
  func `wget gets its answers`(options: [String]) async throws {
    try await TestGateway.run { gateway in
      let address = "http://127.0.0.1:\(gateway.port)/v1/sync/count"
      let ended = try await Self.run(
        "wget", ["-nv", "-T", "5", "-t", "1", "-O", "/dev/null"] + options + [address, address])
      #expect(ended.status == 0, "\(ended.output)")
    }
  }

  @Test(.enabled(if: isThere("python3"), "NOT RUN: install python3-httpx"))
  func `httpx gets its answers over one connection`() async throws {
    let script = """
      import httpx, sys
      base = sys.argv[1]
      with httpx.Client(base_url=base, timeout=5) as client:
          get, head = client.get("/v1/sync/count"), client.head("/v1/sync/count")
          assert get.status_code == head.status_code == 200 and head.content == b""
          assert get.headers["content-length"] == head.headers["content-length"]
          echo = client.post("/v1/sync/echo", content=(part for part in (b"a", b"b"))).json()
          assert echo["value"]["http"]["body"] == "ab"
          large = client.post("/v1/sync/count", content=b"x" * 2_000_000, headers={"Origin": "https://dash.example"})
          assert large.status_code == 413 and large.json()["code"] == "content_too_large"
          assert large.headers["access-control-allow-origin"] == "https://dash.example"
          assert [client.get("/v1/sync/count").status_code for _ in range(20)] == [200] * 20
      print("good")
      """
    try await TestGateway.run { gateway in
      let ended = try await Self.run("python3", ["-c", script, "http://127.0.0.1:\(gateway.port)"])
      #expect(ended.output == "good\n", "\(ended.output)")
    }
  }
}
