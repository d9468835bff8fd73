import FunctionRuntime
internal import StrictJSON
internal import ToolSupport

/// Ten years of an eager person, pushed in batches of 500 as an import would be.
struct History {
  let figure: Figure
  let device: Device
  let sessions: Int

  init(_ workbench: Workbench) throws {
    sessions = workbench.isQuick ? 5000 : 100_000
    let perDay = max(1, sessions / 3652)
    let pushers = try (0..<Workbench.processes).map { _ in
      try Pusher(workbench, size: 500, as: .event, sessionsPerDay: perDay)
    }
    let loop = ClosedLoop(
      lanes: try pushers.map { _ in try workbench.start(.sync) },
      request: { pushers[$0].next() }, onAnswer: { pushers[$0].take($1) })
    let batches = sessions / 500 * Workbench.processes
    let outcome = try loop.run(until: .now + .seconds(3600), countMax: batches)
    device = pushers[0].device
    figure = Figure(
      what: "ingest in batches of 500", value: outcome.perSecond * 500, unit: "sessions/s", target: .atLeast(20_000),
      method: "2 processes over their pipes, \(sessions * Workbench.processes) sessions into 2 accounts")
  }
}

/// A read must not grow with the sessions it sums up.
struct ViewsOfHistory {
  private let workbench: Workbench

  init(_ workbench: Workbench) { self.workbench = workbench }

  func measure() throws -> [Figure] {
    let history = try workbench.history()
    let child = try workbench.start(.stats)
    let years = "account with \(history.sessions) sessions over ten years, one process"
    return try ["summary", "heatmap", "streak", "records"].flatMap { view in
      try figures("/\(view)", "stats \(view)", years, child, history)
    }
      + ["/card.svg", "/heatmap.svg"].flatMap { path in
        try times(child, Wire.event("GET", path, "", token: history.device.token)).figures(
          "stats \(path.dropFirst())", p95: .atMost(15), method: years)
      }
  }

  /// Whole, and where the caller has it already.
  private func figures(
    _ path: String, _ name: String, _ method: String, _ child: FunctionChild, _ history: History
  ) throws -> [Figure] {
    let token = history.device.token
    let whole = try times(child, Wire.event("GET", path, "", token: token))
    let answer = try JSON(parsing: try child.ask(Wire.event("GET", path, "", token: token)), limits: .trusted)
    guard let etag = answer["headers"]?["ETag"]?.string else { throw Failure(.refused, "stats gave no ETag.") }
    let unchanged = try times(child, Wire.event("GET", path, "", token: token, etag: etag))
    return whole.figures(name, p95: .atMost(15), method: method)
      + unchanged.figures("\(name), 304", p95: .atMost(3), method: "the same with If-None-Match")
  }

  private func times(_ child: FunctionChild, _ event: [UInt8]) throws -> Times {
    var times = Times()
    for number in -10..<workbench.repetitions(500) {
      let begin = ContinuousClock.now
      _ = try child.ask(event)
      if number >= 0 { times.add(.now - begin) }
    }
    return times
  }
}

/// Whether a process that serves for long grows.
struct Memory {
  private let workbench: Workbench

  init(_ workbench: Workbench) { self.workbench = workbench }

  func measure() throws -> [Figure] {
    let child = try workbench.start(.sync)
    let people: [any Person] = [
      try Pusher(workbench, size: 1, as: .event), try Pusher(workbench, size: 100, as: .event),
      try Puller(workbench, as: .event),
    ]
    var sent = 0
    func serve(until count: Int) throws -> Double {
      while sent < count {
        // Eight pushes of 1, then one of 100, then a pull.
        let person = people[max(0, sent % 10 - 7)]
        person.take(try child.ask(person.next()))
        sent += 1
      }
      return child.residentMB
    }
    let early = try serve(until: 100)
    let count = workbench.isQuick ? 1000 : 10_000
    let late = try serve(until: count)
    return [
      Figure(
        what: "resident memory after 100 events", value: early, unit: "MB", target: .atMost(40),
        method: "VmRSS of sync: 8 pushes of 1, a push of 100, a pull of 200, and again"),
      Figure(
        what: "resident memory after \(count) events", value: late, unit: "MB", target: .atMost(40), method: "the same"),
      Figure(
        what: "resident memory, growth between", value: max(0, late - early), unit: "MB", target: .atMost(4),
        method: "the difference"),
    ]
  }
}
