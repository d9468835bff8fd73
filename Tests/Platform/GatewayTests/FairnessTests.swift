import Gateway
import StrictJSON
import TestSupport
import Testing

/// Nobody gets all the processes of a function, nor all the places before them.
@Suite struct FairnessTests {
  /// An access token of that account, as far as a gateway looks at it.
  private static func token(_ account: String) -> [(String, String)] {
    let claims = Base64URL.text(#"{"iss":"i","sub":"\#(account)","exp":1}"#.utf8)
    return [("Authorization", "Bearer e30.\(claims).\(UInt64.random(in: 0 ... .max))")]
  }

  @Test func `while one account waits for itself, others are served`() async throws {
    try await TestGateway.run(poolSize: 3) { gateway in
      try await withThrowingTaskGroup { group in
        for _ in 1...6 {
          group.addTask {
            let answer = try await gateway.send("GET", "/v1/sync/hold", headers: Self.token("a"))
            #expect(answer.status == 200)
          }
        }
        try await FakeFunction.waitUntilHeld(2, in: gateway.folder)
        for other in [Self.token("b"), [("Authorization", "Bearer bm_live_x")], []] {
          #expect(try await gateway.send("GET", "/v1/sync/count", headers: other).status == 200)
        }
        #expect(FakeFunction.held(in: gateway.folder) == 2)
        try FakeFunction.release(gateway.folder)
        try await group.waitForAll()
      }
    }
  }

  @Test func `a lone process is everybody's`() async throws {
    try await TestGateway.run(poolSize: 1) { gateway in
      let answer = try await gateway.send("GET", "/v1/sync/count", headers: Self.token("a"))
      #expect(answer.status == 200)
    }
  }

  @Test func `a caller has half of the waiting places at most`() async throws {
    var limits = Limits()
    limits.queuedMax = 4
    try await TestGateway.run(limits: limits) { gateway in
      try await withThrowingTaskGroup(of: [Int].self) { group in
        group.addTask { [try await gateway.send("GET", "/v1/sync/hold", headers: Self.token("a")).status] }
        try await FakeFunction.waitUntilHeld(1, in: gateway.folder)
        // Two wait; the other three are told at once, which says that those two do.
        let (refused, counting) = AsyncStream.makeStream(of: Answer.self)
        for _ in 1...5 {
          group.addTask {
            let answer = try await gateway.send("GET", "/v1/sync/count", headers: Self.token("a"))
            if answer.status == 503 { counting.yield(answer) }
            return [answer.status]
          }
        }
        var refusals = refused.makeAsyncIterator()
        for _ in 1...3 {
          let answer = await refusals.next()
          #expect(answer?.code == "busy" && answer?["retry-after"] == ["1"])
        }
        group.addTask { [try await gateway.send("GET", "/v1/sync/count", headers: Self.token("b")).status] }
        try FakeFunction.release(gateway.folder)
        let statuses = try await group.reduce(into: []) { $0 += $1 }
        #expect(statuses.sorted() == [200, 200, 200, 200, 503, 503, 503])
      }
    }
  }

  @Test func `callers have their turns, and the requests of one their order`() {
    var line = Line<String, Int>()
    for (caller, number) in [("a", 1), ("a", 2), ("a", 3), ("b", 4), ("c", 5), ("b", 6)] {
      line.append(number, of: caller)
    }
    #expect(line.count == 6 && line.count(of: "a") == 3)
    #expect(line.remove(of: "a", where: { $0 == 2 }) == 2)
    #expect(line.remove(of: "a", where: { $0 == 2 }) == nil)
    #expect(line.next(where: { $0 != "a" })?.waiter == 4)
    var order: [Int] = []
    while let next = line.next(where: { _ in true }) { order.append(next.waiter) }
    #expect(order == [1, 5, 6, 3] && line.count == 0)
  }

  @Test(arguments: ["/hold", "/hold/", "/%68old", "//hold"])
  func `what waits for somebody else's server never takes the last process`(path: String) async throws {
    try await TestGateway.run(poolSize: 3, outboundPaths: ["sync": ["/hold"]]) { gateway in
      async let first = gateway.send("GET", "/v1/sync/hold")
      async let second = gateway.send("GET", "/v1/sync/hold/")
      try await FakeFunction.waitUntilHeld(2, in: gateway.folder)
      for _ in 1...4 {
        let answer = try await gateway.send("GET", "/v1/sync\(path)")
        #expect(answer.status == 503 && answer.json["code"] == "provider_busy")
        #expect(answer["retry-after"] == ["5"])
      }
      #expect(try await gateway.send("GET", "/v1/sync/count").status == 200)
      try FakeFunction.release(gateway.folder)
      let statuses = try await [first.status, second.status]
      #expect(statuses == [200, 200])
      #expect(try await gateway.send("GET", "/v1/sync\(path)").status == 200)
    }
  }

  @Test(arguments: [1, 2]) func `in a small pool one may wait for somebody else's server`(size: Int) async throws {
    try await TestGateway.run(poolSize: size, outboundPaths: ["sync": ["/hold"]]) { gateway in
      async let first = gateway.send("GET", "/v1/sync/hold")
      try await FakeFunction.waitUntilHeld(1, in: gateway.folder)
      #expect(try await gateway.send("GET", "/v1/sync/hold").status == 503)
      if size > 1 { #expect(try await gateway.send("GET", "/v1/sync/count").status == 200) }
      try FakeFunction.release(gateway.folder)
      #expect(try await first.status == 200)
    }
  }
}
