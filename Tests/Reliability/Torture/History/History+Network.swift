import StrictJSON
import TestSupport

/// The bad network, and the server's processes that may die.
extension History {
  /// A device, or one of its windows, syncs.
  func send(_ index: Int) {
    let windows = profile.has(.windows) ? 3 : 1
    // Whoever waits in vain gives up; what comes later is not listened to.
    if clients[index].carried.count >= windows { clients[index].crash() }
    clients[index].dropEmptyEntries()
    lastCall += 1
    let batch = Int(random.number(0...3) == 0 ? random.number(1...4) : 500)
    let page = Int(profile.has(.smallPages) ? random.number(1...6) : 500)
    let clockMs = wallMs() + clients[index].skewMs
    let body = clients[index].request(lastCall, clockMs: clockMs, batch: batch, page: page)
    let call = Call(number: lastCall, device: clients[index].id, kind: .sync(body))
    note {
      "\(call.device) sends #\(call.number) \(body["push"]?.text ?? "")\(body["cursor"] == nil ? " from the beginning" : "")"
    }
    post(call, index)
  }

  func post(_ call: Call, _ index: Int) {
    if profile.has(.losses), random.number(0...4) == 0 { return note { "#\(call.number) is lost" } }
    if profile.has(.refusals), random.number(0...4) == 0 {
      note { "#\(call.number) is refused" }
      return carry(.answer(.unavailable), of: call, index, isLost: false)
    }
    let isLost = profile.has(.losses) && random.number(0...4) == 0
    carry(.request(call), of: call, index, isLost: isLost)
    if profile.has(.duplicates), random.number(0...3) == 0 { carry(.request(call), of: call, index, isLost: isLost) }
  }

  private func carry(_ message: Network.Message, of call: Call, _ index: Int, isLost: Bool) {
    var delay: Int64 = 0
    if profile.has(.delays), random.number(0...1) == 0 { delay = random.number(1...6) }
    if profile.has(.delays), random.number(0...7) == 0 { delay = random.number(10...60) }
    network.transits.append(
      Network.Transit(
        due: step + Int(delay), client: index, number: call.number, message: message, answerIsLost: isLost,
        toll: journal.toll))
  }

  func moveNetwork() throws {
    for transit in network.takeDue(step) { try deliver(transit) }
    while !network.work.isEmpty, network.work.count > 3 || random.number(0...2) != 0 { try work() }
  }

  private func deliver(_ transit: Network.Transit) throws {
    switch transit.message {
    case .answer(let answer): receive(answer, transit.number, transit.client, toll: transit.toll)
    case .request(let call):
      var fate = Fate.lives
      if profile.has(.kills), random.number(0...6) == 0 {
        fate = random.number(0...1) == 0 ? .killedBeforeCommit : .killedAfterCommit
        count { $0.kills += 1 }
      }
      count { $0.deliveries += 1 }
      network.work.append(
        Network.Work(
          ticket: try server.submit(call, fate: fate), client: transit.client, call: call, submittedMs: wallMs(),
          fate: fate,
          answerIsLost: transit.answerIsLost))
    }
  }

  /// One step of some request's work.
  private func work() throws {
    let place = Int(random.number(0...Int64(network.work.count - 1)))
    let work = network.work[place]
    let answer = try server.advance(work.ticket, nowMs: wallMs(), fate: work.fate)
    guard !server.isOpen(work.ticket) else { return }
    network.work.remove(at: place)
    if case .sync(let body) = work.call.kind { bound(body, work) }
    if case .choose(.days) = work.call.kind { noteCoarsening() }
    guard let answer else { return note { "#\(work.call.number) dies, \(work.fate)" } }
    note { "#\(work.call.number) is worked off: \(answer.status) \(answer.body.text)" }
    if case .choose = work.call.kind { return }
    if work.answerIsLost { return note { "the answer to #\(work.call.number) is lost" } }
    carry(.answer(answer), of: work.call, work.client, isLost: false)
    for transit in network.takeDue(step) { try deliver(transit) }
  }

  /// Whatever chooses days takes sessions from the server, whether anybody hears of it or not.
  private func noteCoarsening() {
    journal.coarsenings += 1
    journal.hasSharedDaysOnly = true
    journal.toll.losses += 1
  }

  func bound(_ body: JSON, _ work: Network.Work) {
    let client = clients[work.client]
    guard let clockMs = body["device"]?["clock"]?.timeMs else { return }
    for item in body["push"]?["settings"]?.array ?? [] {
      guard let key = item["key"]?.string, let value = item["value"]?.string,
        let changedAtMs = item["changedAt"]?.timeMs
      else { continue }
      journal.bound(
        key, Statement(value: value, changedAtMs: changedAtMs, device: client.id), clockMs: clockMs,
        clockIsExact: client.clockIsExact, arrival: work.submittedMs...max(work.submittedMs, wallMs()))
    }
  }

  func receive(_ answer: Answer, _ number: Int, _ index: Int, toll: Journal.Toll) {
    let carried = clients[index].carried[number]
    guard !clients[index].isDead else { return }
    let (before, repairs) = (clients[index].disk.outbox, clients[index].repairs)
    clients[index].receive(number, answer)
    note { "\(clients[index].id) hears of #\(number)" }
    if clients[index].repairs > repairs {
      note { "\(clients[index].id) begins anew, holding \(clients[index].disk.summary); the server \(server.summary)" }
    }
    guard answer.status == 200, let carried else { return }
    let kept = carried.entries.filter { before.entries.contains($0.value) }
    let left = clients[index].disk.outbox.entries
    note(kept.filter { !left.contains($0.value) }, answeredBy: answer, toll)
  }

  /// What a device has crossed off its list as stored may be gone from its memory for ever.
  private func note(_ crossedOff: [String: Entry], answeredBy answer: Answer, _ toll: Journal.Toll) {
    let refused = (answer.body["verdicts"]?.array ?? []).filter {
      ["rejected", "conflict", "tombstoned"].contains($0["status"]?.string)
    }
    let places = Set(refused.compactMap { $0["pointer"]?.string })
    for (place, entry) in crossedOff where !places.contains(place) {
      journal.acknowledged[entry] = toll.losses
      if case .session(let key) = entry { journal.everAcknowledged[key] = toll.restores }
    }
  }

  func finishOpenWork() throws { while !network.work.isEmpty { try work() } }
}
