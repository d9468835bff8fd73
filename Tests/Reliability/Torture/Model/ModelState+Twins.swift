import BreathDomain

/// One session that several devices hold counts as that of one of them; each keeps its copy.
extension ModelState {
  /// Whose copies count, decided again of the sessions that began then.
  mutating func settleTwins(_ starts: Set<Int64>, _ bug: ServerBug?) {
    guard bug != .countsTwinsTwice else { return }
    for start in starts.sorted() where (self.starts[start]?.count ?? 0) > 1 {
      var copies: [Session.Content: [DeviceID: [Session]]] = [:]
      for device in self.starts[start]!.sorted() {
        for session in (sessions[device] ?? [:]).values where session.fact?.startedAt.milliseconds == start {
          copies[Session.Content(session.fact!), default: [:]][device, default: []].append(session)
        }
      }
      for held in copies.values { settle(held) }
    }
  }

  /// The device with most copies; on a tie the one whose copies count already, or came first.
  private mutating func settle(_ held: [DeviceID: [Session]]) {
    func rank(_ copies: [Session]) -> (Int, Int, Int64) {
      (copies.count, copies.contains(where: \.counts) ? 1 : 0, -copies.map(\.version).min()!)
    }
    let holder = held.max { rank($0.value) < rank($1.value) }!.key
    for (device, copies) in held {
      for copy in copies where copy.counts != (device == holder) { turn(copy, of: device) }
      guard device != holder else { continue }
      devices[device]!.twins.insert(holder)
      devices[holder]!.twins.insert(device)
    }
  }

  private mutating func turn(_ copy: Session, of device: DeviceID) {
    let fact = copy.fact!
    sessions[device]![fact.id]!.counts.toggle()
    var day = days[device]![copy.date]!
    day.derived.add(fact, times: copy.counts ? -1 : 1)
    day.twins.add(fact, times: copy.counts ? 1 : -1)
    version += 1
    day.version = version
    days[device]![copy.date] = day
  }

  func isHeldByOther(_ fact: BreathDomain.Session, than device: DeviceID) -> Bool {
    (starts[fact.startedAt.milliseconds] ?? []).subtracting([device]).contains { other in
      (sessions[other] ?? [:]).values.contains { $0.fact.map(Session.Content.init) == Session.Content(fact) }
    }
  }

  /// What was deleted of a device while another one has it: its counters go on telling it.
  mutating func keepElsewhere(_ fact: BreathDomain.Session, of device: DeviceID) {
    guard isHeldByOther(fact, than: device) else { return }
    var one = DayTotal(date: LocalDate(daysSince1970: 0))
    one.add(fact, times: 1)
    devices[device]!.elsewhere = devices[device]!.elsewhere.plus(one.numbers)
  }

  /// Devices that share history, directly or through others, together.
  private var groups: [[DeviceID]] {
    var open = Set(devices.keys)
    var groups: [[DeviceID]] = []
    for first in devices.keys.sorted() where open.remove(first) != nil {
      var group = [first]
      var next = 0
      while next < group.count {
        for other in devices[group[next]]!.twins where open.remove(other) != nil { group.append(other) }
        next += 1
      }
      groups.append(group)
    }
    return groups
  }

  /// Of what counters tell beyond practice only the largest of those who share history counts.
  var totals: (xp: Int64, challenges: Int64, reportedActiveMs: Int64) {
    groups.reduce(into: (0, 0, 0)) { sum, group in
      let all = group.map {
        (counters: devices[$0]!.counters, elsewhere: devices[$0]!.elsewhere, days: numbers(of: $0))
      }
      let moreXP = all.map { max(0, $0.counters.totalXP - $0.days.own.xp - $0.elsewhere.xp) }.max()!
      sum.0 += max(all.reduce(moreXP) { $0 + $1.days.counted.xp }, all.map(\.counters.totalXP).max()!)
      sum.1 += all.map(\.counters.challengesCompleted).max()!
      let own = all.reduce(Int64(0)) { sum, one in
        let twins = one.days.own.activeMs - one.days.counted.activeMs
        return sum + max(0, min(one.counters.totalMeditationMs, one.days.own.activeMs) - twins)
      }
      let more = all.map { max(0, $0.counters.totalMeditationMs - $0.days.own.activeMs - $0.elsewhere.activeMs) }.max()!
      sum.2 += max(own + more, all.map(\.counters.totalMeditationMs).max()!)
    }
  }

  /// What a device's days count, and what they would with its twins.
  private func numbers(of device: DeviceID) -> (counted: DayNumbers, own: DayNumbers) {
    (days[device] ?? [:]).values.reduce(into: (DayNumbers(), DayNumbers())) { sum, day in
      sum.0 = sum.0.plus(day.counted.numbers)
      sum.1 = sum.1.plus(day.counted.numbers).plus(day.twins.numbers)
    }
  }
}

extension ModelState.Session {
  /// What makes a session the same on any device: the model's own words for it.
  struct Content: Hashable {
    let times: [Int64]
    let numbers: [Double?]

    init(_ fact: BreathDomain.Session) {
      times = [fact.startedAt.milliseconds, fact.endedAt.milliseconds, fact.activeMs, fact.cycles]
      numbers = [fact.goalMinutes, fact.finalXP]
    }
  }
}

extension DayTotal {
  func less(_ other: DayTotal) -> DayTotal {
    DayTotal(
      date: date, sessions: sessions - other.sessions, activeMs: activeMs - other.activeMs,
      cycles: cycles - other.cycles, xp: xp - other.xp)
  }
}
