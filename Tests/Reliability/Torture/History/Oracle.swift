import StrictJSON

/// Says whether all is right in the end, by its own naive fold over what people did. It shares no code with the model of
/// the server and asks nobody but the journal, the disks before the quiet day, and what is there now.
struct Oracle {
  let journal: Journal
  let profile: Profile
  let before: [Client]
  let after: [Client]
  let content: ServerContent

  init(_ journal: Journal, _ profile: Profile, before: [Client], after: [Client], _ content: ServerContent) {
    (self.journal, self.profile, self.before, self.after, self.content) = (journal, profile, before, after, content)
  }

  func judge() throws(Failure) {
    try judgeSessions()
    try judgeDeletions()
    try judgeCoarsened()
    try judgeReports()
    try judgeTotals()
    try judgeSettings()
    try judgeAgreement()
  }

  var living: [Client] { after.filter { !$0.isDead } }

  func isAlive(_ device: DeviceID) -> Bool { living.contains { $0.id == device } }
}

// MARK: - Sessions

/// What must be true of a record in the end. Only what a lost device was the last to know of can be uncertain.
enum Expectation { case present, absent, uncertain }

extension Oracle {
  private func judgeSessions() throws(Failure) {
    for (key, practised) in journal.practised.sorted(by: { $0.key < $1.key }) {
      let there = content.sessions[key]
      switch expectation(of: key) {
      case .present where content.tier == .days:
        if there != nil { throw Failure(kind: .resurrected, what: "\(key) is sent though only days are shared") }
        try expectOwn(key, practised.fact)
      case .present:
        guard let there else { throw Failure(kind: .lost, what: "session \(key)") }
        guard there == practised.fact else { throw Failure(kind: .lost, what: "session \(key) has other content") }
      case .absent:
        if there != nil { throw Failure(kind: .resurrected, what: "session \(key)") }
      case .uncertain: break
      }
    }
    for key in content.sessions.keys.sorted() where journal.practised[key] == nil {
      throw Failure(kind: .doubled, what: "session \(key), which nobody practised")
    }
  }

  /// Where single sessions are not shared, they stay where they were practised.
  private func expectOwn(_ key: RecordKey, _ fact: Fact) throws(Failure) {
    guard let owner = living.first(where: { $0.id == key.device }) else { return }
    if owner.disk.fact(key) != fact { throw Failure(kind: .lost, what: "session \(key) on its own device") }
  }

  func expectation(of key: RecordKey) -> Expectation {
    let removal = removal(of: key)
    if removal == .absent { return .absent }
    let isKept =
      isAlive(key.device) || journal.isSafe(.session(key))
      || before.contains { !$0.isDead && $0.disk.fact(key) != nil }
    return isKept && removal == .present ? .present : .uncertain
  }

  /// Whether it was surely, surely not, or perhaps taken away.
  private func removal(of key: RecordKey) -> Expectation {
    if isHeldAsDeleted(key) || journal.isSafe(.deletion(key)) { return .absent }
    let deleters = journal.deletedBy[key] ?? []
    if deleters.contains(where: isAlive) { return .absent }
    if journal.isCleared(key) { return isAlive(key.device) ? .absent : .uncertain }
    return deleters.isEmpty ? .present : .uncertain
  }

  private func isHeldAsDeleted(_ key: RecordKey) -> Bool {
    before.contains { !$0.isDead && $0.disk.isDeleted(key) }
  }

  private func judgeDeletions() throws(Failure) {
    // Where only days are shared, or were, the server may forget the id of what was deleted; that it is not back was seen.
    guard content.tier == .sessions, !journal.hasSharedDaysOnly else { return }
    for (key, deleters) in journal.deletedBy.sorted(by: { $0.key < $1.key })
    where deleters.contains(where: isAlive) || journal.isSafe(.deletion(key)) {
      guard content.deletions.contains(key) else { throw Failure(kind: .lost, what: "deletion of \(key)") }
    }
    for key in content.deletions.sorted() where journal.deletedBy[key] == nil && !journal.isCleared(key) {
      throw Failure(kind: .lost, what: "session \(key), which nobody deleted")
    }
  }
}

// MARK: - Days and totals

extension Oracle {
  /// What a lost device was told to be stored counts for ever, also when only days are shared since. (Once single sessions
  /// are shared again, a day that was coarsened counts less until its device sends its sessions again: the larger of
  /// both counts, and one of them lacks the other's.)
  private func judgeCoarsened() throws(Failure) {
    guard journal.coarsenings <= 1, content.tier == .days else { return }
    var least: [DayKey: DayNumbers] = [:]
    for (key, restores) in journal.everAcknowledged where restores == journal.toll.restores && !isAlive(key.device) {
      guard let fact = journal.practised[key]?.fact, removal(of: key) == .present else { continue }
      let day = DayKey(device: key.device, date: date(key.device, fact))
      least[day] = (least[day] ?? DayNumbers()).plus(worth(fact))
    }
    for (key, numbers) in least.sorted(by: { $0.key < $1.key }) {
      let there = content.counted[key] ?? DayNumbers()
      if there.larger(numbers) != there {
        throw Failure(kind: .lost, what: "day \(key): \(there.words), at least \(numbers.words)")
      }
    }
  }

  private func judgeReports() throws(Failure) {
    for key in Set(journal.reported.keys).union(content.reported.keys).sorted() {
      let told = journal.reported[key] ?? DayNumbers()
      let there = content.reported[key] ?? DayNumbers()
      let isSure = isAlive(key.device) || journal.isSafe(.day(key, told))
      if isSure, there.larger(told) != there {
        throw Failure(kind: .lost, what: "report of \(key): \(there.words), not \(told.words)")
      }
      let most = journal.hasSharedDaysOnly ? told.larger(everPractised(key)) : told
      // A lost device may have cleared its data without telling anybody.
      let mayBeOld = !isAlive(key.device) && (journal.clearings[key.device] ?? 0) > 0
      if most.larger(there) != most, !mayBeOld {
        throw Failure(kind: .doubled, what: "report of \(key): \(there.words), at most \(most.words)")
      }
    }
  }

  /// All the device ever practised on that date since it was cleared, deleted or not.
  private func everPractised(_ key: DayKey) -> DayNumbers {
    journal.practised.reduce(DayNumbers()) { sum, item in
      let isSame = item.key.device == key.device && !journal.isCleared(item.key)
      return isSame && date(item.key.device, item.value.fact) == key.date ? sum.plus(worth(item.value.fact)) : sum
    }
  }

  private func date(_ device: DeviceID, _ fact: Fact) -> String {
    after.first { $0.id == device }!.zone.date(fact.startedMs)
  }

  /// What a session counts: time between 0 and the shorter of what passed and what is plausible; cycles and bonus as XP.
  private func worth(_ fact: Fact) -> DayNumbers {
    let passed = fact.endedMs - fact.startedMs
    let plausible = Int64(max(60, 2 * (fact.goalMinutes ?? 0)) * 60_000)
    let time = passed < 0 || fact.activeMs < 0 ? 0 : [fact.activeMs, passed, plausible].min()!
    let cycles = fact.cycles > 0 ? fact.cycles : 0
    return DayNumbers(sessions: 1, activeMs: time, cycles: cycles, xp: cycles + max(fact.goalBonusXP ?? 0, 0))
  }

  private func judgeTotals() throws(Failure) {
    var derived: [DayKey: DayNumbers] = [:]
    for (key, fact) in content.sessions {
      let day = DayKey(device: key.device, date: date(key.device, fact))
      derived[day] = (derived[day] ?? DayNumbers()).plus(worth(fact))
    }
    var counted = content.reported
    for (key, numbers) in derived { counted[key] = numbers.larger(counted[key] ?? DayNumbers()) }
    let twins = Twins(content.sessions) { DayKey(device: $0.device, date: date($0.device, $1)) }
    for (key, numbers) in counted.sorted(by: { $0.key < $1.key }) {
      let there = content.counted[key] ?? DayNumbers()
      guard let shared = twins.days[key] else {
        try compare("day \(key)", there, numbers)
        continue
      }
      // Of what other devices hold too, any part may count here.
      let most = shared.reduce(DayNumbers()) { $0.plus(worth($1)) }
      if there.larger(numbers) != numbers { try compare("day \(key)", there, numbers) }
      if there.plus(most).larger(numbers) != there.plus(most) { try compare("day \(key)", there, numbers) }
    }
    try compareProgress(counted, twins)
  }

  private func compare(_ what: String, _ there: DayNumbers, _ right: DayNumbers) throws(Failure) {
    guard there != right else { return }
    let kind: FailureKind = there.larger(right) == there ? .doubled : .lost
    throw Failure(kind: kind, what: "\(what): \(there.words), not \(right.words)")
  }

  private func compareProgress(_ counted: [DayKey: DayNumbers], _ twins: Twins) throws(Failure) {
    let all = twins.surplus.reduce(counted.values.reduce(DayNumbers()) { $0.plus($1) }) { $0.minus(worth($1)) }
    try compare("all days", content.counted.values.reduce(DayNumbers()) { $0.plus($1) }, all)
    try expect("sessions", all.sessions)
    try expect("activeMs", all.activeMs)
    let practised = twins.days.isEmpty ? counted : content.counted
    try expect("activeDays", Int64(Set(practised.filter { $0.value.sessions > 0 }.keys.map(\.date)).count))
    // What only a lost device counted may be lost with it.
    guard journal.counters.keys.allSatisfy(isAlive), journal.clearings.keys.allSatisfy(isAlive) else { return }
    // Counters are in no digest: when nobody says that the server was restored, nobody sends them again.
    guard !profile.has(.unnoticedRestores) else { return }
    let streak = content.progress["streak"]?["reported"]?.integer ?? -1
    try expect("reported streak", streak, journal.counters.values.map(\.longestStreak).max() ?? 0)
    guard twins.days.isEmpty, !profile.has(.twins) else { return try boundXP(all) }
    let xp = after.reduce(Int64(0)) { sum, client in
      let days = counted.filter { $0.key.device == client.id }.values.reduce(0) { $0 + $1.xp }
      return sum + max(days, journal.counters[client.id]?.totalXP ?? 0)
    }
    try expect("totalXP", xp)
    try expect("challengesCompleted", journal.counters.values.reduce(0) { $0 + $1.challenges })
    try expect("reportedActiveMs", journal.counters.values.reduce(0) { $0 + $1.meditationMs })
  }

  /// Who shared history with whom, and when, only the server knows: at least what all count together and what any one
  /// machine shows, at most what they would if they shared nothing.
  private func boundXP(_ all: DayNumbers) throws(Failure) {
    let there = content.progress["totalXP"]?.integer ?? -1
    let least = max(all.xp, journal.counters.values.map(\.totalXP).max() ?? 0)
    if there < least { throw Failure(kind: .lost, what: "totalXP in all: \(there), at least \(least)") }
    let most = all.xp + journal.counters.values.reduce(0) { $0 + $1.totalXP }
    if there > most { throw Failure(kind: .doubled, what: "totalXP in all: \(there), at most \(most)") }
  }

  private func expect(_ name: String, _ right: Int64) throws(Failure) {
    try expect(name, content.progress[name]?.integer ?? -1, right)
  }

  private func expect(_ name: String, _ there: Int64, _ right: Int64) throws(Failure) {
    guard there != right else { return }
    throw Failure(kind: there > right ? .doubled : .lost, what: "\(name) in all: \(there), not \(right)")
  }
}
