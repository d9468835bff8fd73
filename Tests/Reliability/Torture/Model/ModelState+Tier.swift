import BreathDomain

extension ModelState {
  /// Going to days takes single sessions away and leaves their day totals as if they had been reported.
  /// - Returns: how many sessions went.
  mutating func choose(_ wanted: Tier, _ bug: ServerBug?) -> Int {
    guard wanted != tier else { return 0 }
    tier = wanted
    version += 1
    guard wanted == .days, bug != .coarseningKeepsSessions else { return 0 }
    let live = sessions.values.flatMap(\.values).filter { $0.fact != nil }.count
    sessions = sessions.mapValues { $0.filter { $0.value.fact == nil } }
    if bug == .coarseningForgetsDeletedIds {
      for (device, gone) in sessions { for id in gone.keys { sessions[device]![id]!.isNameless = true } }
    }
    for device in days.keys.sorted() {
      for date in days[device]!.keys.sorted() { coarsen(device, date, bug) }
    }
    return live
  }

  private mutating func coarsen(_ device: DeviceID, _ date: LocalDate, _ bug: ServerBug?) {
    var day = days[device]![date]!
    guard day.derived != DayTotal(date: date) else { return }
    switch bug {
    case .coarseningAddsDays:
      let sum = day.reported.numbers.plus(day.derived.numbers)
      day.reported = DayTotal(
        date: date, sessions: sum.sessions, activeMs: sum.activeMs, cycles: sum.cycles, xp: sum.xp)
    case .coarseningLosesDays: break
    default: day.reported = day.counted
    }
    day.derived = DayTotal(date: date)
    version += 1
    day.version = version
    days[device]![date] = day
  }
}
