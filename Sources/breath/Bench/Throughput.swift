/// Everything but TLS and the internet: clients over HTTP, `breath serve`, its functions, PostgreSQL.
struct ThroughGateway {
  private let workbench: Workbench
  private static let clients = 16

  init(_ workbench: Workbench) { self.workbench = workbench }

  func measure() throws -> [Figure] {
    let gateway = try GatewayChild(workbench)
    let rows: [(what: String, size: Int, target: Double)] = [
      ("push of 1 session", 1, 2500), ("push of 100 sessions", 100, 360), ("pull of 200 sessions", 0, 2700),
    ]
    return try rows.map { row in
      let people = try (0..<ThroughGateway.clients).map { _ in try person(pushing: row.size) }
      let outcome = try ClosedLoop(
        lanes: try people.map { _ in try HTTPConnection(port: gateway.port) },
        request: { people[$0].next() }, onAnswer: { people[$0].take($1) }
      ).run(for: workbench.time)
      return Figure(
        what: "gateway, \(row.what)", value: outcome.perSecond, unit: "/s", target: .atLeast(row.target),
        method: "closed loop, 16 clients and accounts, up to 8 processes; p95 \(rounded(outcome.times.quantile(0.95))) ms")
    }
  }

  private func person(pushing size: Int) throws -> any Person {
    if size > 0 { try Pusher(workbench, size: size, as: .http) } else { try Puller(workbench, as: .http) }
  }

  private func rounded(_ milliseconds: Double) -> Double { (milliseconds * 10).rounded() / 10 }
}

/// A load that does not wait for the server.
struct OpenLoad {
  private let workbench: Workbench
  private static let accounts = 50, perSecond = 100

  init(_ workbench: Workbench) { self.workbench = workbench }

  func measure() throws -> [Figure] {
    let gateway = try GatewayChild(workbench)
    let people = try (0..<OpenLoad.accounts).map { _ in try Puller(workbench, pushing: 100, as: .http) }
    let loop = OpenLoop(
      lanes: try people.map { _ in try HTTPConnection(port: gateway.port) }, perSecond: OpenLoad.perSecond,
      request: { people[$0 % people.count].next() })
    _ = try loop.run(for: .seconds(1))
    return try loop.run(for: workbench.time * 2).times.figures(
      "100 new + 200 pulled, 100 requests/s", p95: .atMost(25),
      method: "open loop through the gateway, 50 accounts; a time counts from when the request was due")
  }
}
