import Gateway
import NIOCore
import StrictJSON
import Testing

/// Bodies that do not end, and connections that are many: what a stranger may cost.
@Suite struct BodyTests {
  private static func head(_ length: Int, path: String = "/v1/sync/count") -> String {
    "POST \(path) HTTP/1.1\r\nHost: a\r\nOrigin: vscode-webview://1\r\nContent-Length: \(length)\r\n\r\n"
  }

  private static func bytes(_ count: Int) -> String { String(repeating: "x", count: count) }

  @Test(arguments: [0, 1, 1_048_000]) func `a body that stops is answered 408`(sent: Int) async throws {
    var limits = Limits()
    limits.body = .milliseconds(200)
    try await TestGateway.run(limits: limits) { gateway in
      let answers = try await RawClient(port: gateway.port).exchange(Self.head(1_048_576) + Self.bytes(sent))
      #expect(answers.map(\.status) == [408])
      #expect(answers.first?.code == "body_too_slow")
      #expect(answers.first?["connection"] == ["close"])
      #expect(answers.first?["access-control-allow-origin"] == ["vscode-webview://1"])
    }
  }

  @Test func `a byte now and then does not keep a body alive`() async throws {
    var limits = Limits()
    limits.body = .milliseconds(200)
    try await TestGateway.run(limits: limits) { gateway in
      let answers = try await RawClient(port: gateway.port).exchange(Self.head(1000)) { sending in
        // Until the server has had enough.
        while (try? await sending.write(ByteBuffer(string: "x"))) != nil {
          try await Task.sleep(for: .milliseconds(40))
        }
      }
      #expect(answers.map(\.status) == [408])
    }
  }

  @Test func `a slow line that goes on may take longer, but not for ever`() async throws {
    var limits = Limits()
    limits.body = .milliseconds(100)
    limits.bodyBytesPerSecondMin = 100
    try await TestGateway.run(limits: limits) { gateway in
      let answers = try await RawClient(port: gateway.port).exchange(Self.head(300) + Self.bytes(100)) { sending in
        for _ in 1...20 {
          try await Task.sleep(for: .milliseconds(15))
          try await sending.write(ByteBuffer(string: Self.bytes(10)))
        }
        try await sending.write(ByteBuffer(string: "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
      }
      #expect(answers.map(\.status) == [200, 200])
    }
    limits.bodyMax = .milliseconds(300)
    try await TestGateway.run(limits: limits) { gateway in
      let answers = try await RawClient(port: gateway.port).exchange(Self.head(1_000_000)) { sending in
        while (try? await sending.write(ByteBuffer(string: Self.bytes(100)))) != nil {
          try await Task.sleep(for: .milliseconds(10))
        }
      }
      #expect(answers.map(\.status) == [408])
    }
  }

  @Test func `bodies together have a bound, and the largest gives way`() async throws {
    var limits = Limits()
    limits.bodiesBytesMax = 1_000_000
    try await TestGateway.run(limits: limits) { gateway in
      let client = RawClient(port: gateway.port)
      try await client.open { received, sending in
        try await sending.write(ByteBuffer(string: Self.head(900_000) + Self.bytes(800_000)))
        let small = try await gateway.send("POST", "/v1/sync/count", body: ByteBuffer(string: Self.bytes(100_000)))
        #expect(small.status == 200)
        let larger = try await gateway.send("POST", "/v1/sync/count", body: ByteBuffer(string: Self.bytes(300_000)))
        #expect(larger.status == 200)
        let answer = try await received.next()
        #expect(answer?.status == 503 && answer?.code == "busy")
        #expect(answer?["retry-after"] == ["5"])
        #expect(try await received.next() == nil)
      }
      // Nothing of it is counted any more.
      let all = try await gateway.send("POST", "/v1/sync/count", body: ByteBuffer(string: Self.bytes(1_000_000)))
      #expect(all.status == 200)
    }
  }

  @Test func `bodies that wait for a process count too`() async throws {
    var limits = Limits()
    limits.bodiesBytesMax = 1_000_000
    try await TestGateway.run(limits: limits) { gateway in
      async let held = gateway.send("POST", "/v1/sync/hold", body: ByteBuffer(string: Self.bytes(900_000)))
      try await FakeFunction.waitUntilHeld(1, in: gateway.folder)
      let answer = try await gateway.send("POST", "/v1/sync/count", body: ByteBuffer(string: Self.bytes(200_000)))
      #expect(answer.status == 503)
      try FakeFunction.release(gateway.folder)
      #expect(try await held.status == 200)
    }
  }

  @Test func `an address has so many connections, and a trusted proxy has no bound`() async throws {
    var limits = Limits()
    limits.connectionsPerAddressMax = 2
    let request = "GET /v1/sync/count HTTP/1.1\r\nHost: a\r\n\r\n"
    try await TestGateway.run(limits: limits) { gateway in
      let client = RawClient(port: gateway.port)
      try await client.open { first, sending in
        try await sending.write(ByteBuffer(string: request))
        #expect(try await first.next()?.status == 200)
        try await client.open { second, sending in
          try await sending.write(ByteBuffer(string: request))
          #expect(try await second.next()?.status == 200)
          let third = try await client.open { third, _ in try await third.answers() }
          #expect(third.map(\.status) == [503])
          #expect(third.first?.code == "too_many_connections" && third.first?["retry-after"] == ["10"])
        }
      }
      // Gone when the server has seen it.
      while try await client.exchange("GET / HTTP/1.0\r\n\r\n").first?.status != 200 { await Task.yield() }
    }
    try await TestGateway.run(limits: limits, trustedProxies: try TrustedProxies("127.0.0.1")) { gateway in
      let client = RawClient(port: gateway.port)
      try await client.open { _, _ in
        try await client.open { _, _ in
          let statuses = try await client.statuses(of: "GET / HTTP/1.0\r\n\r\n")
          #expect(statuses == [200])
        }
      }
    }
  }

  @Test func `a connection that asks nothing is closed after a while, and so is half a head`() async throws {
    var limits = Limits()
    limits.idle = .milliseconds(100)
    try await TestGateway.run(limits: limits) { gateway in
      let client = RawClient(port: gateway.port)
      for (request, expected) in [
        ("", []), ("GET / HTTP/1.1\r\nHost: a\r\n", []), ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", [200]),
      ] {
        let statuses = try await client.statuses(of: request)
        #expect(statuses == expected)
      }
    }
  }
}
