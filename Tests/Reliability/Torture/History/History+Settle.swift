import StrictJSON
import TestSupport

/// The quiet day: all that is under way arrives, and each device syncs until nobody has anything to say.
extension History {
  private static let roundsMax = 12
  private static let callsMax = 300

  /// - Returns: what the server has in the end.
  func settle() throws -> ServerContent {
    note { "the network heals" }
    server.heal()
    for index in clients.indices { clients[index].crashesDuringAnswer = false }
    while !network.transits.isEmpty || !network.work.isEmpty {
      step += 1
      try deliverAnything()
    }
    for index in clients.indices { clients[index].crash() }
    for _ in 0..<History.roundsMax {
      var isQuiet = true
      for index in clients.indices where !clients[index].isDead {
        isQuiet = try syncUntilQuiet(index) && isQuiet
      }
      if isQuiet {
        let witness = clients.firstIndex { !$0.isDead }!
        return try ServerAudit(device: clients[witness].id).run { try ask($0, witness) }
      }
    }
    throw Failure(kind: .diverged, what: "no rest after \(History.roundsMax) rounds")
  }

  private func deliverAnything() throws {
    if !network.transits.isEmpty {
      let place = Int(random.number(0...Int64(network.transits.count - 1)))
      let transit = network.transits.remove(at: place)
      network.transits.append(
        Network.Transit(
          due: step, client: transit.client, number: transit.number, message: transit.message,
          answerIsLost: transit.answerIsLost, toll: transit.toll))
    }
    try moveNetwork()
    if network.transits.isEmpty { try finishOpenWork() }
  }

  /// - Returns: whether there was nothing to do.
  private func syncUntilQuiet(_ index: Int) throws -> Bool {
    for call in 1...History.callsMax {
      nowMs += 5
      let cursor = clients[index].disk.cursor
      clients[index].dropEmptyEntries()
      let saysNothing = clients[index].disk.outbox.isEmpty
      lastCall += 1
      let page = Int(profile.has(.smallPages) ? random.number(1...20) : 500)
      let body = clients[index].request(
        lastCall, clockMs: wallMs() + clients[index].skewMs, batch: 500, page: page)
      let number = lastCall
      let answer = try ask(body, index)
      guard answer.status == 200 else {
        throw Failure(kind: .diverged, what: "\(clients[index].id) is answered \(answer.status)")
      }
      receive(answer, number, index, toll: journal.toll)
      if clients[index].isQuiet, answer.body["more"]?.bool == false, clients[index].disk.cursor != nil {
        // After a restore the cursor alone proves nothing: a version may come again.
        return call == 1 && saysNothing && clients[index].disk.cursor == cursor
      }
    }
    throw Failure(kind: .diverged, what: "\(clients[index].id) never has enough")
  }

  /// A request that nothing happens to.
  private func ask(_ body: JSON, _ index: Int) throws -> Answer {
    lastCall += 1
    let call = Call(number: lastCall, device: clients[index].id, kind: .sync(body))
    note { "\(call.device) asks #\(call.number) \(body.text)" }
    let ticket = try server.submit(call, fate: .lives)
    let submittedMs = wallMs()
    network.work = [
      Network.Work(
        ticket: ticket, client: index, call: call, submittedMs: submittedMs, fate: .lives, answerIsLost: false)
    ]
    while server.isOpen(ticket) {
      guard let answer = try server.advance(ticket, nowMs: wallMs(), fate: .lives) else { continue }
      bound(body, network.work.removeFirst())
      note { "#\(call.number): \(answer.status) \(answer.body.text)" }
      return answer
    }
    throw Failure(kind: .diverged, what: "\(call.device) gets no answer on a good day")
  }
}
