import FunctionRuntime

/// From spawning a function to its first answer, the connection to the database included.
struct StartToAnswer {
  private let workbench: Workbench

  init(_ workbench: Workbench) { self.workbench = workbench }

  func measure() throws -> [Figure] {
    let socket = try times().figures(
      "process start to first answer", p50: .atMost(40),
      method: "spawn, {\"ok\":true}, connect on a socket with SCRAM, sync without a push")
    let name = "process start to first answer, TLS"
    guard let certificates = workbench.certificates else {
      return socket + [Figure(what: name, target: .atMost(60), missing: "PostgreSQL has no certificate here")]
    }
    return try socket
      + times(databaseSuffix: "&host=localhost", certificates: certificates).figures(
        name, p50: .atMost(60), method: "the same over TCP with verify-full and SCRAM")
  }

  private func times(databaseSuffix: String = "", certificates: String? = nil) throws -> Times {
    let device = try workbench.enrol()
    let event = Wire.event("POST", "", Body.pull(limit: 100), token: device.token)
    var times = Times()
    for _ in 0..<workbench.repetitions(30) {
      let begin = ContinuousClock.now
      let child = try workbench.start(.sync, databaseSuffix: databaseSuffix, certificates: certificates)
      _ = try child.ask(event)
      times.add(.now - begin)
    }
    return times
  }
}

/// One process, one request at a time: what a person's editor waits for, without the network.
struct WarmSync {
  private let workbench: Workbench

  init(_ workbench: Workbench) { self.workbench = workbench }

  func measure() throws -> [Figure] {
    try figures(.push(1), 1000, p50: .atMost(2), .latency) + figures(.push(10), 600, .latency)
      + figures(.push(100), 400, .latency) + figures(.push(500), 100, .latency) + figures(.pull, 600, nil)
  }

  private func figures(_ load: Load, _ count: Int, p50: Target? = nil, _ chart: Chart?) throws -> [Figure] {
    let count = workbench.repetitions(count)
    let child = try workbench.start(.sync)
    let person = try load.person(workbench, as: .event)
    for _ in 0..<10 { person.take(try child.ask(person.next())) }
    var times = Times()
    let before = child.processorTime
    for _ in 0..<count {
      let event = person.next()
      let begin = ContinuousClock.now
      let answer = try child.ask(event)
      times.add(.now - begin)
      person.take(answer)
    }
    let processorTime = (child.processorTime - before) / count
    var figures = times.figures(
      "warm \(load.name), alone", p50: p50,
      method: "one process over its pipes; pushes go from date to date, 3 sessions each")
    if let chart, case .push(let size) = load {
      figures[0].point = ChartPoint(chart, "p50", "\(size)")
      figures[1].point = ChartPoint(chart, "p95", "\(size)")
    }
    return figures + [
      Figure(
        what: "warm \(load.name), processor time", value: processorTime / .milliseconds(1), unit: "ms",
        method: "of the function's process alone, per request")
    ]
  }
}
