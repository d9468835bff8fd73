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
    let one = try times(of: Pusher(workbench, size: 1, as: .event), 1000)
    let hundred = try times(of: Pusher(workbench, size: 100, as: .event), 300)
    let page = try times(of: Puller(workbench, as: .event), 300)
    return one.figures(
      "warm sync of 1 session, alone", p50: .atMost(2), method: "one process over its pipes, each push on another date")
      + hundred.figures("warm sync of 100 sessions, alone", method: "the same, 3 sessions a date")
      + page.figures("warm pull of 200 sessions, alone", method: "the same, from the beginning")
  }

  private func times(of person: some Person, _ count: Int) throws -> Times {
    let child = try workbench.start("sync")
    var times = Times()
    for number in -10..<workbench.repetitions(count) {  // The first ten warm it up.
      let event = person.next()
      let begin = ContinuousClock.now
      let answer = try child.ask(event)
      if number >= 0 { times.add(.now - begin) }
      person.take(answer)
    }
    return times
  }
}
