import Gateway
import StrictJSON
import Testing

@Suite struct QueueTests {
  @Test func `those who wait for the only process are served in the order they came`() async throws {
    try await TestGateway.run { gateway in
      let served = try await withThrowingTaskGroup(of: (Int, Int64?).self) { group in
        group.addTask { (0, try await gateway.send("GET", "/v1/sync/hold").json["events"]?.integer) }
        try await FakeFunction.waitUntilHeld(1, in: gateway.folder)
        for client in 1...5 {
          try await Task.sleep(for: .milliseconds(200))
          group.addTask { (client, try await gateway.send("GET", "/v1/sync/count").json["events"]?.integer) }
        }
        try await Task.sleep(for: .milliseconds(200))
        try FakeFunction.release(gateway.folder)
        return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
      }
      for client in 0...5 { #expect(served[client] == Int64(client + 1)) }
    }
  }

  @Test func `twenty at a time are served once each, and each gets his own`() async throws {
    try await TestGateway.run { gateway in
      let events = try await withThrowingTaskGroup(of: Int64?.self) { group in
        for client in 1...20 {
          group.addTask {
            let echo = try await gateway.send("GET", "/v1/sync/echo?\(client)").json
            #expect(echo["value"]?["http"]?["queryString"] == .string("\(client)"))
            return try await gateway.send("GET", "/v1/sync/count").json["events"]?.integer
          }
        }
        return try await group.reduce(into: Set<Int64?>()) { $0.insert($1) }
      }
      #expect(events.count == 20)
      let last = try await gateway.send("GET", "/v1/sync/count").json["events"]
      #expect(last == 41)
    }
  }

  @Test func `every process of a pool works`() async throws {
    try await TestGateway.run(poolSize: 2) { gateway in
      async let first = gateway.send("GET", "/v1/sync/hold")
      async let second = gateway.send("GET", "/v1/sync/hold")
      try await FakeFunction.waitUntilHeld(2, in: gateway.folder)
      try FakeFunction.release(gateway.folder)
      let pids = try await [first.json["pid"]?.integer, second.json["pid"]?.integer]
      #expect(pids[0] != nil && pids[1] != nil && pids[0] != pids[1])
    }
  }

  @Test func `who would wait too long is told to come back`() async throws {
    var limits = Limits()
    limits.queueing = .milliseconds(100)
    try await TestGateway.run(limits: limits) { gateway in
      async let held = gateway.send("GET", "/v1/sync/hold")
      try await FakeFunction.waitUntilHeld(1, in: gateway.folder)
      let answer = try await gateway.send("GET", "/v1/sync/count")
      #expect(answer.status == 503)
      #expect(answer["retry-after"] == ["1"])
      #expect(answer.json["code"] == "busy")
      try FakeFunction.release(gateway.folder)
      #expect(try await held.status == 200)
    }
  }

  @Test func `a full queue is answered at once`() async throws {
    var limits = Limits()
    limits.queuedMax = 0
    try await TestGateway.run(limits: limits) { gateway in
      async let held = gateway.send("GET", "/v1/sync/hold")
      try await FakeFunction.waitUntilHeld(1, in: gateway.folder)
      #expect(try await gateway.send("GET", "/v1/sync/count").status == 503)
      try FakeFunction.release(gateway.folder)
      #expect(try await held.status == 200)
    }
  }
}
