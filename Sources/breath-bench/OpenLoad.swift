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
