/// What really happened: written down by the history as people act, looked at by nobody but the oracle.
struct Journal: Sendable {
  struct Practised: Sendable {
    let fact: Fact
    /// How often its device had been cleared before.
    let epoch: Int
  }

  /// A choice of a setting, with the earliest and latest time that it may rightly be given.
  struct Chosen: Sendable {
    let statement: Statement
    var earliestMs: Int64?
    var latestMs: Int64?
  }

  var practised: [RecordKey: Practised] = [:]
  /// Who deleted what.
  var deletedBy: [RecordKey: Set<DeviceID>] = [:]
  var clearings: [DeviceID: Int] = [:]
  /// Since the device's last clearing.
  var reported: [DayKey: DayNumbers] = [:]
  var counters: [DeviceID: CounterNumbers] = [:]
  var chosen: [String: [Chosen]] = [:]
  /// How often the server lost data.
  struct Toll: Sendable {
    /// By a restore or by the choice of days.
    var losses = 0
    var restores = 0
  }

  /// So far.
  var toll = Toll()
  /// What a device was told to be stored, and how many losses had been before that.
  var acknowledged: [Entry: Int] = [:]
  /// The same for sessions and restores only: what is coarsened still counts.
  var everAcknowledged: [RecordKey: Int] = [:]
  /// How often days may have been chosen.
  var coarsenings = 0
  /// Whether there was a time without single sessions.
  var hasSharedDaysOnly = false

  func isCleared(_ key: RecordKey) -> Bool {
    (practised[key]?.epoch ?? 0) < (clearings[key.device] ?? 0)
  }

  /// Told to be stored, and nothing was lost since.
  func isSafe(_ entry: Entry) -> Bool { acknowledged[entry] == toll.losses }

  mutating func clear(_ device: DeviceID) {
    clearings[device, default: 0] += 1
    reported = reported.filter { $0.key.device != device }
    counters[device] = nil
  }

  /// A statement was sent: the server may give it the time it was made, corrected by how far the clock is off when the
  /// request arrives, give or take the minute that counts as no difference, and at most five minutes from then.
  /// - Parameters:
  ///   - clockMs: what the request says of the device's clock.
  ///   - arrival: the server's time while it worked on it.
  mutating func bound(
    _ key: String, _ statement: Statement, clockMs: Int64, clockIsExact: Bool, arrival: ClosedRange<Int64>
  ) {
    guard let place = chosen[key]?.firstIndex(where: { $0.statement == statement }) else { return }
    let isExact = clockIsExact && abs(arrival.upperBound - clockMs) < 60_000
    let slack: Int64 = isExact ? 0 : 61_000
    let low = statement.changedAtMs + (isExact ? 0 : arrival.lowerBound - clockMs) - slack
    let high = statement.changedAtMs + (isExact ? 0 : arrival.upperBound - clockMs) + slack
    var choice = chosen[key]![place]
    choice.earliestMs = min(choice.earliestMs ?? .max, low, arrival.lowerBound + 300_000)
    choice.latestMs = max(choice.latestMs ?? .min, min(high, arrival.upperBound + 300_000))
    chosen[key]![place] = choice
  }
}
