import FunctionRuntime

/// How much of what PostgreSQL can do is left after our own work: requests through the executables against the very same
/// statements, sent by pgbench in one pipeline, prepared, as many clients as processes. Four of each: two of ours leave the
/// processors idle while a request goes from one process to the next, and what is asked for is throughput.
struct AgainstPgbench {
  private let workbench: Workbench
  private static let clients = 4

  init(_ workbench: Workbench) { self.workbench = workbench }

  func measure() throws -> [Figure] {
    guard let pgbench = Pgbench.path else {
      return [Figure(what: "sync against pgbench", target: .atLeast(0.8), missing: Pgbench.missing)]
    }
    return try [Load.push(1), .push(100), .pull].flatMap { try compare($0, pgbench) }
  }

  private var turn: Duration { workbench.isQuick ? .seconds(1) : .seconds(2) }

  /// In turns, because the machine may slow down or speed up meanwhile.
  private func compare(_ load: Load, _ pgbench: String) throws -> [Figure] {
    let people = try (0..<AgainstPgbench.clients).map { _ in try load.person(workbench, as: .event, movesDates: false) }
    let children = try people.map { _ in try workbench.start(.sync) }
    let scripts = try people.map { _ in try Pgbench(workbench, load) }
    var ours: [Double] = []
    var theirs: [Double] = []
    for _ in 0..<(workbench.isQuick ? 2 : 8) {
      let loop = ClosedLoop(
        lanes: children, request: { people[$0].next() }, onAnswer: { people[$0].take($1) })
      ours.append(try loop.run(for: turn).perSecond)
      theirs.append(try Pgbench.perSecond(scripts, pgbench, for: turn))
    }
    return [
      Figure(
        what: "\(load.name), executables", value: median(ours), unit: "/s",
        method: "closed loop, \(AgainstPgbench.clients) processes over their pipes, an account each"),
      Figure(
        what: "\(load.name), pgbench", value: median(theirs), unit: "/s",
        method: "the same statements in one pipeline, -M prepared, as many clients, an account each"),
      Figure(
        what: "\(load.name), executables / pgbench", value: median(zip(ours, theirs).map { $0 / $1 }), unit: "",
        target: .atLeast(0.8), method: "median of \(ours.count) pairs of turns"),
    ]
  }
}
