/// From spawning a function to its first answer, the connection to the database included.
struct StartToAnswer {
  private let workbench: Workbench

  init(_ workbench: Workbench) { self.workbench = workbench }

  func measure() throws -> [Figure] {
    let device = try workbench.enrol()
    let event = Wire.event("POST", "", Body.pull(limit: 100), token: device.token)
    var times = Times()
    for _ in 0..<workbench.repetitions(30) {
      let begin = ContinuousClock.now
      let child = try workbench.start("sync")
      _ = try child.ask(event)
      times.add(.now - begin)
    }
    return times.figures(
      "process start to first answer", p50: .atMost(40),
      method: "spawn, {\"ok\":true}, connect on a socket with SCRAM, sync without a push")
  }
}

/// One process, one request at a time: what a person's editor waits for, without the network.
struct WarmSync {
  private let workbench: Workbench

  init(_ workbench: Workbench) { self.workbench = workbench }

  func measure() throws -> [Figure] {
    try figures("sync of 1 session", Pusher(workbench, size: 1, as: .event), 1000, p50: .atMost(2))
      + figures("sync of 100 sessions", Pusher(workbench, size: 100, as: .event), 400)
      + figures("pull of 200 sessions", Puller(workbench, as: .event), 600)
  }

  private func figures(_ what: String, _ person: some Person, _ count: Int, p50: Target? = nil) throws -> [Figure] {
    let count = workbench.repetitions(count)
    let child = try workbench.start("sync")
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
    return times.figures(
      "warm \(what), alone", p50: p50,
      method: "one process over its pipes; pushes go from date to date, 3 sessions each") + [
        Figure(
          what: "warm \(what), processor time",
          value: (child.processorTime - before) / .milliseconds(1) / Double(count),
          unit: "ms", method: "of the function's process alone, per request")
      ]
  }
}
