internal import FunctionRuntime
internal import Postgres
internal import ToolSupport

/// How often a request waits for the database, counted between the two.
struct RoundTrips {
  private let workbench: Workbench
  private static let requests = 10

  init(_ workbench: Workbench) { self.workbench = workbench }

  func measure() throws -> [Figure] {
    let mine = try workbench.enrol()
    let other = try workbench.pair(with: mine)
    var push = RequestTemplate(Wire.event("POST", "", Body.push(1, hasCursor: false), token: mine.token))
    let pull = Wire.event("POST", "", Body.pull(limit: 200), token: other.token)
    let views = ["summary", "days", "streak", "heatmap", "records", "goals", "challenges/today", "card.svg"]
    let synced = [
      try count(.sync, "push of 1") { push.next() },
      try count(.sync, "pull") { pull },
    ]
    return try synced
      + views.map { view in
        try count(.stats, view) { Wire.event("GET", "/\(view)", "", token: mine.token) }
      }
  }

  /// Every request must cost the same, and the server must have answered as often as it was asked.
  private func count(_ function: FunctionName, _ what: String, _ request: () -> [UInt8]) throws -> Figure {
    let port = try workbench.database().rows("SELECT current_setting('port')::int AS port")[0]["port"] as Int32
    let proxy = try CountingProxy(to: Int(port))
    let child = try workbench.start(
      function, databaseSuffix: "&host=127.0.0.1&port=\(proxy.port)&sslmode=disable")
    _ = try ask(child, request(), through: proxy)  // This one connects.
    var pipelines: [Int] = []
    for _ in 0..<RoundTrips.requests { pipelines.append(try ask(child, request(), through: proxy)) }
    return Figure(
      what: "round trips, \(function) \(what)", value: Double(pipelines.max() ?? 0), unit: "", target: .atMost(1),
      method: "most of \(pipelines.count) warm requests; Sync, Query and Flush messages counted by a proxy")
  }

  private func ask(_ child: FunctionChild, _ request: [UInt8], through proxy: CountingProxy) throws -> Int {
    let (pipelines, answers) = (proxy.pipelines, proxy.answers)
    try child.send(request)
    repeat { try proxy.pump(until: child.descriptor) } while try child.receive() == nil
    guard pipelines == 0 || proxy.pipelines - pipelines == proxy.answers - answers else {
      throw Failure(.refused, "The proxy saw pipelines that the database did not answer: its count is wrong.")
    }
    return proxy.pipelines - pipelines
  }
}
