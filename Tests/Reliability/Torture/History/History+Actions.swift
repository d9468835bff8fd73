import TestSupport

/// What people and operators do.
extension History {
  func act() throws {
    let living = clients.indices.filter { !clients[$0].isDead }
    let index = random.pick(living)
    let dice = random.number(0...99)
    if let favourite = profile.favourite, dice < 12 { return try act(favourite, index) }
    switch dice {
    case 0..<35: practise(index)
    case 35..<68: send(index)
    case 92..<93: if profile.has(.deaths), living.count > 1 { die(index) }
    case 93..<94: if profile.has(.nonsense) { talkNonsense(index) }
    case 68..<92:
      let acts = Feature.allCases.filter(\.isAct)
      let act = acts[Int(random.number(0...Int64(acts.count - 1)))]
      if profile.has(act) || act == .restores && profile.has(.unnoticedRestores) { try self.act(act, index) }
    default: send(index)
    }
  }

  private func act(_ feature: Feature, _ index: Int) throws {
    switch feature {
    case .deletions: delete(index)
    case .settings: choose(index)
    case .resets: clear(index)
    case .crashes: crash(index)
    case .clockSteps: setClock(index)
    case .counters: count(index)
    case .conflicts: sendOther(index)
    case .tiers: chooseTier(index)
    case .restores: if random.number(0...2) == 0 { try restore() } else { try backUp() }
    default: break
    }
  }

  private func clockMs(_ index: Int) -> Int64 { nowMs + clients[index].skewMs }

  private func practise(_ index: Int) {
    let id = clients[index].id
    let fact = anyFact(clockMs(index)) { self.journal.practised[RecordKey(device: id, id: $0)] != nil }
    let epoch = journal.clearings[id] ?? 0
    journal.practised[RecordKey(device: id, id: fact.id)] = Journal.Practised(fact: fact, epoch: epoch)
    clients[index].practise(fact)
    note { "\(id) practises \(fact.id)" }
    if clients[index].disk.tier == .days || profile.has(.dayReports) {
      report(index, clients[index].zone.date(fact.startedMs))
    }
    if profile.has(.twins), clients[index].disk.tier == .sessions { holdTwin(index) }
  }

  /// The machine finds a session of another one in its own store, perhaps under another id: an export was imported, a
  /// disk was copied, a secret was lost.
  private func holdTwin(_ index: Int) {
    let id = clients[index].id
    let others = journal.practised.keys.filter { $0.device != id }.sorted()
    guard !others.isEmpty, twinRandom.number(0...2) == 0 else { return }
    let original = twinRandom.pick(others)
    var fact = journal.practised[original]!.fact
    if twinRandom.number(0...3) == 0 { fact.id = "twin-\(fact.id)" }
    let key = RecordKey(device: id, id: fact.id)
    guard journal.practised[key] == nil else { return }
    journal.practised[key] = Journal.Practised(fact: fact, epoch: journal.clearings[id] ?? 0)
    clients[index].practise(fact)
    note { "\(id) holds \(original) as \(fact.id) too" }
  }

  private func report(_ index: Int, _ date: String) {
    var extra = DayNumbers()
    if random.number(0...3) == 0 { extra = DayNumbers(sessions: 1, activeMs: 60_000, cycles: 0, xp: 5) }
    clients[index].report(date, extra: extra)
    let id = clients[index].id
    let numbers = clients[index].disk.days[id]?[date] ?? DayNumbers()
    journal.reported[DayKey(device: id, date: date)] = numbers
    note { "\(id) reports \(date) \(numbers.words)" }
  }

  private func delete(_ index: Int) {
    let disk = clients[index].disk
    let id = clients[index].id
    let candidates = disk.sessions.flatMap { device, sessions in
      profile.has(.foreignDeletions) || device == id
        ? sessions.keys.map { RecordKey(device: device, id: $0) } : []
    }
    guard !candidates.isEmpty else { return }
    let key = random.pick(candidates.sorted())
    clients[index].delete(key)
    journal.deletedBy[key, default: []].insert(id)
    note { "\(id) deletes \(key)" }
  }

  private func choose(_ index: Int) {
    let key = random.pick(["pattern", "sound"])
    // Sometimes at the same moment as another device, to the millisecond.
    if random.number(0...1) == 0 { nowMs -= nowMs % 60_000 }
    let statement = clients[index].change(key, to: "\(step)", clockMs: clockMs(index))
    journal.chosen[key, default: []].append(Journal.Chosen(statement: statement))
    note { "\(clients[index].id) sets \(key) to \(statement.value) at \(statement.changedAtMs)" }
  }

  private func clear(_ index: Int) {
    clients[index].clear(clockMs: clockMs(index))
    journal.clear(clients[index].id)
    note { "\(clients[index].id) clears its data" }
  }

  private func crash(_ index: Int) {
    if random.number(0...1) == 0 { clients[index].crash() } else { clients[index].crashesDuringAnswer.toggle() }
    count { $0.crashes += 1 }
    note { "\(clients[index].id) crashes" }
  }

  private func setClock(_ index: Int) {
    clients[index].skewMs = random.number(0...1) == 0 ? 0 : History.skew(&random)
    clients[index].clockWasSet()
    note { "\(clients[index].id) has its clock \(clients[index].skewMs) ms off" }
  }

  private func count(_ index: Int) {
    var counters = clients[index].disk.counters
    counters.totalXP += random.number(0...40)
    counters.longestStreak = max(counters.longestStreak, random.number(0...20))
    counters.challenges += random.number(0...1)
    counters.meditationMs += random.number(0...600_000)
    guard counters != clients[index].disk.counters else { return }
    clients[index].count(counters)
    journal.counters[clients[index].id] = counters
    note { "\(clients[index].id) counts \(counters.totalXP)" }
  }

  private func die(_ index: Int) {
    clients[index].die()
    note { "\(clients[index].id) is lost for ever" }
  }

  /// A second record under the id of one that is stored, as after a clock was set back.
  private func sendOther(_ index: Int) {
    let id = clients[index].id
    let safe = (clients[index].disk.sessions[id] ?? [:]).keys.sorted().map { RecordKey(device: id, id: $0) }
      .filter { journal.isSafe(.session($0)) }
    guard !safe.isEmpty else { return }
    let key = random.pick(safe)
    clients[index].sendOther(key)
    note { "\(id) sends other content for \(key)" }
  }

  private func talkNonsense(_ index: Int) {
    clients[index].talkNonsense("bad-\(step)", ofNobody: random.number(0...1) == 0)
    note { "\(clients[index].id) will send nonsense" }
  }
}

// MARK: - Operators

extension History {
  private func chooseTier(_ index: Int) {
    let tier: Tier = random.number(0...1) == 0 ? .days : .sessions
    lastCall += 1
    note { "\(clients[index].id) chooses \(tier)" }
    post(Call(number: lastCall, device: clients[index].id, kind: .choose(tier)), index)
  }

  private func backUp() throws {
    try finishOpenWork()
    try server.backUp()
    note { "the server is backed up" }
  }

  private func restore() throws {
    guard server.backupCount > 0 else { return }
    try finishOpenWork()
    let isNoticed = profile.has(.restores) && (!profile.has(.unnoticedRestores) || random.number(0...1) == 0)
    let index = Int(random.number(0...Int64(server.backupCount - 1)))
    try server.restore(index, isNoticed: isNoticed)
    journal.toll.losses += 1
    journal.toll.restores += 1
    count { $0.restores += 1 }
    note { "the server is restored from backup \(index)\(isNoticed ? "" : ", and nobody says so")" }
  }
}

// MARK: - Facts

extension History {
  private func anyFact(_ clockMs: Int64, isTaken: (String) -> Bool) -> Fact {
    let lengthMs = random.number(10_000...1_800_000)
    var id = clockMs - lengthMs
    while isTaken("sess-\(id)") { id += 1 }
    let goal: Double? = random.number(0...2) == 0 ? nil : Double(random.number(1...20)) / 2
    var fact = Fact(
      id: "sess-\(id)", startedMs: clockMs - lengthMs, endedMs: clockMs, activeMs: lengthMs - random.number(0...5_000),
      cycles: random.number(0...60), goalMinutes: goal, goalBonusXP: goal.map { Int64(($0 / 2).rounded()) },
      finalXP: Double(random.number(0...2_000)))
    if random.number(0...5) == 0 {
      fact.pledgeMultiplier = 1.15
      fact.pledgeHonored = random.number(0...1) == 0
    }
    if profile.has(.oddSessions), random.number(0...3) == 0 { makeOdd(&fact) }
    return fact
  }

  private func makeOdd(_ fact: inout Fact) {
    switch random.number(0...4) {
    case 0: fact.endedMs = fact.startedMs - 5_000
    case 1: fact.activeMs = -fact.activeMs
    case 2: fact.activeMs = fact.endedMs - fact.startedMs + 60_000
    case 3: fact.endedMs = fact.startedMs + 50_000_000
    default: fact.cycles = -3
    }
    if fact.endedMs - fact.startedMs == 50_000_000 { fact.activeMs = 40_000_000 }
  }
}
