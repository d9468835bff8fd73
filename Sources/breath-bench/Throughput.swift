internal import Glibc

/// Everything but TLS and the internet: clients over HTTP, `breath serve`, its functions, PostgreSQL. Beside it what
/// PostgreSQL alone can do for as many clients, with pgbench in place of all that is ours: the bound of what we can reach
/// with these statements on this machine.
struct Throughput {
  private let workbench: Workbench
  private let gateway: GatewayChild
  private let postmaster: pid_t
  private static let clientsOfTargets = 16

  init(_ workbench: Workbench) throws {
    self.workbench = workbench
    gateway = try GatewayChild(workbench)
    postmaster = try workbench.postmaster()
  }

  func measure() throws -> [Figure] {
    try figures(.push(1), of: workbench.clients, target: 2500, .pushes)
      + figures(.push(100), of: [Throughput.clientsOfTargets], target: 360, nil)
      + figures(.pull, of: workbench.clients, target: 2700, .pulls)
  }

  private func figures(_ load: Load, of counts: [Int], target: Double, _ chart: Chart?) throws -> [Figure] {
    let people = try (0..<(counts.max() ?? 0)).map { _ in try load.person(workbench, as: .http) }
    let pgbench = Pgbench.path
    let scripts = try pgbench.map { _ in try people.map { _ in try Pgbench(workbench, load) } } ?? []
    return try counts.flatMap { count in
      var (ours, theirs) = (Turns(), Turns())
      for _ in 0..<(workbench.isQuick ? 1 : 3) {
        try ours.add { try throughGateway(people.prefix(count)) }
        if let pgbench { try theirs.add { try alone(scripts.prefix(count), pgbench) } }
      }
      let what = "\(load.name), \(count) client\(count == 1 ? "" : "s")"
      func point(_ series: String) -> ChartPoint? { chart.map { ChartPoint($0, series, "\(count)") } }
      var figures = [
        Figure(
          what: "gateway, \(what)", value: ours.perSecond, unit: "/s",
          target: count == Throughput.clientsOfTargets ? .atLeast(target) : nil,
          method: "closed loop, an account each; p95 \(ours.p95Text) ms", point: point("through the gateway")),
        Figure(
          what: "pgbench, \(what)", value: theirs.perSecond, unit: "/s",
          method: "the same statements, nothing of ours: the bound", missing: pgbench == nil ? Pgbench.missing : nil,
          point: point("pgbench, the same SQL alone")),
      ]
      if count == Throughput.clientsOfTargets { figures += shares(what, ours, theirs) }
      return figures
    }
  }

  private func throughGateway(_ people: ArraySlice<any Person>) throws -> Turn {
    let people = Array(people)
    let loop = ClosedLoop(
      lanes: try people.map { _ in try HTTPConnection(port: gateway.port) },
      request: { people[$0].next() }, onAnswer: { people[$0].take($1) })
    _ = try loop.run(until: .now + turn / 5)
    let shares = ProcessorShares(postmaster: postmaster, serving: gateway.pid)
    let outcome = try loop.run(until: .now + turn)
    return Turn(
      perSecond: outcome.perSecond, p95: outcome.times.quantile(0.95),
      processorTime: shares.sums.mapValues { $0 / outcome.count })
  }

  private func alone(_ scripts: ArraySlice<Pgbench>, _ pgbench: String) throws -> Turn {
    let shares = ProcessorShares(postmaster: postmaster)
    let perSecond = try Pgbench.perSecond(scripts, pgbench, for: turn)
    let count = max(1, Int(perSecond * Double(max(1, Int(turn / .seconds(1))))))
    return Turn(perSecond: perSecond, p95: 0, processorTime: shares.sums.mapValues { $0 / count })
  }

  private var turn: Duration { workbench.time / 2 }

  /// Who was busy for how long with each request.
  private func shares(_ what: String, _ ours: Turns, _ theirs: Turns) -> [Figure] {
    let through = ProcessorShares.parts.map { part in
      Figure(
        what: "gateway, \(what): \(part)", value: ours.milliseconds(part), unit: "ms",
        method: "processor time per request")
    }
    let alone = Figure(
      what: "pgbench, \(what): PostgreSQL", value: theirs.milliseconds("PostgreSQL"), unit: "ms",
      method: "processor time per request")
    return through + (Pgbench.path == nil ? [] : [alone])
  }
}

/// One turn of a load.
private struct Turn {
  let perSecond: Double
  let p95: Double
  /// Per request, by part.
  let processorTime: [String: Duration]
}

/// The same load several times; the medians count.
private struct Turns {
  private var turns: [Turn] = []

  mutating func add(_ turn: () throws -> Turn) rethrows { turns.append(try turn()) }

  var perSecond: Double { median(turns.map(\.perSecond)) }
  var p95Text: String { "\((median(turns.map(\.p95)) * 10).rounded() / 10)" }

  func milliseconds(_ part: String) -> Double {
    median(turns.map { ($0.processorTime[part] ?? .zero) / .milliseconds(1) })
  }
}
