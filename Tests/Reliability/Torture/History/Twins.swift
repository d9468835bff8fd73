/// Which sessions several devices hold, told from what the server has alone.
struct Twins {
  /// By day of a device, the sessions of it that other devices hold too.
  private(set) var days: [DayKey: [Fact]] = [:]
  /// What is there more often than on the device with most copies of it: so much may not count.
  private(set) var surplus: [Fact] = []

  private struct Content: Hashable {
    let times: [Int64]
    let numbers: [Double?]

    init(_ fact: Fact) {
      times = [fact.startedMs, fact.endedMs, fact.activeMs, fact.cycles]
      numbers = [fact.goalMinutes, fact.finalXP]
    }
  }

  init(_ sessions: [RecordKey: Fact], day: (RecordKey, Fact) -> DayKey) {
    for copies in Dictionary(grouping: sessions, by: { Content($0.value) }).values {
      let devices = Dictionary(grouping: copies, by: \.key.device)
      guard devices.count > 1 else { continue }
      for copy in copies { days[day(copy.key, copy.value), default: []].append(copy.value) }
      surplus += copies.dropFirst(devices.values.map(\.count).max()!).map(\.value)
    }
  }
}
