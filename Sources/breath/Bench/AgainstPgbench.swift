/// How much of what PostgreSQL can do is left after our own work: pushes through the executables against the very same
/// statements, sent by pgbench in one pipeline, prepared, as many clients as processes.
struct AgainstPgbench {
  private let workbench: Workbench

  init(_ workbench: Workbench) { self.workbench = workbench }

  func measure() throws -> [Figure] {
    guard let pgbench = Pgbench.path else {
      return [
        Figure(
          what: "sync against pgbench", value: 0, unit: "", target: .atLeast(0.8), method: "",
          missing: "pgbench is missing: install the Debian package postgresql")
      ]
    }
    return try [1, 100].flatMap { try compare(size: $0, pgbench) }
  }

  private var turn: Duration { workbench.isQuick ? .seconds(1) : .seconds(2) }

  /// In turns, because the machine may slow down or speed up meanwhile.
  private func compare(size: Int, _ pgbench: String) throws -> [Figure] {
    var ours: [Double] = []
    var theirs: [Double] = []
    for _ in 0..<(workbench.isQuick ? 2 : 8) {
      ours.append(try executables(size))
      theirs.append(try scripts(size, pgbench))
    }
    let what = "push of \(size)"
    return [
      Figure(
        what: "\(what), executables", value: median(ours), unit: "/s",
        method: "closed loop, 2 processes over their pipes, an account each"),
      Figure(
        what: "\(what), pgbench", value: median(theirs), unit: "/s",
        method: "the same statements in one pipeline, -M prepared, 2 clients, an account each"),
      Figure(
        what: "\(what), executables / pgbench", value: median(zip(ours, theirs).map { $0 / $1 }), unit: "",
        target: .atLeast(0.8),
        method: "median of \(ours.count) pairs of turns"),
    ]
  }

  private func executables(_ size: Int) throws -> Double {
    let people = try (0..<Workbench.processes).map { _ in
      try Pusher(workbench, size: size, as: .event, movesDates: false)
    }
    return try ClosedLoop(
      lanes: try people.map { _ in try workbench.start("sync") },
      request: { people[$0].next() }, onAnswer: { people[$0].take($1) }
    ).run(for: turn).perSecond
  }

  private func scripts(_ size: Int, _ pgbench: String) throws -> Double {
    let runs = try (0..<Workbench.processes).map { _ in try Pgbench(workbench, size: size) }
    let seconds = Int(turn / .seconds(1))
    let children = try runs.map { try $0.start(pgbench, seconds: seconds) }
    return try children.reduce(0) { try $0 + Pgbench.perSecond(in: $1.everything()) }
  }
}
