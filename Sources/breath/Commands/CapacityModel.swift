internal import Glibc

/// How many people a deployment carries: arithmetic only, from the platform's limits and from what one editor does.
struct CapacityModel {
  /// What the platform allows a namespace (docs/design/platform.md, "Limits").
  var invocationsPerMinute = 600.0
  var concurrentMax = 120
  /// The part of the limit to plan with; the rest is for bursts.
  var utilization = 0.7
  /// The share of people whose editor is open at the busiest time.
  var activeShare = 0.25
  /// Stats reads for each sync.
  var readsPerSync = 0.2
  /// An access token's life: an editor that syncs asks for a new one when its own has run out.
  var tokenMinutes = 15.0
  /// From a request's arrival at its function until the answer, on average, with the database's part.
  var invocationMs = 50.0

  /// Calls of one open editor: syncs, reads, and a refresh for each token's life or each sync, whichever is rarer.
  func callsPerMinute(syncMinutes: Double) -> Double {
    (1 + readsPerSync) / syncMinutes + 1 / max(syncMinutes, tokenMinutes)
  }

  /// Editors open at once that stay within the planned part of the limit.
  func activeEditors(syncMinutes: Double) -> Int {
    Int(invocationsPerMinute * utilization / callsPerMinute(syncMinutes: syncMinutes))
  }

  func people(syncMinutes: Double) -> Int { Int(Double(activeEditors(syncMinutes: syncMinutes)) / activeShare) }

  /// Containers at work at once, on average (Little's law), when invocations come at their limit.
  var containersBusy: Double { invocationsPerMinute / 60 * invocationMs / 1000 }

  /// Containers at once that are enough 999 times of 1,000 when arrivals are random, and never more than the platform
  /// starts. One container holds one connection, and keeps it while it idles.
  var containersAtPeak: Int {
    min(concurrentMax, CapacityModel.poissonQuantile(mean: containersBusy, CapacityModel.certainty))
  }

  /// The longest mean invocation, in ms, with which the peak at the limit still fits that many connections.
  func invocationMsMax(connections: Int) -> Int {
    let perSecond = invocationsPerMinute / 60
    var low = 0
    var high = 30_000  // a web call becomes an asynchronous one after that
    while low < high {
      let middle = (low + high + 1) / 2
      let peak = CapacityModel.poissonQuantile(mean: perSecond * Double(middle) / 1000, CapacityModel.certainty)
      if min(peak, concurrentMax) <= connections { low = middle } else { high = middle - 1 }
    }
    return low
  }

  private static let certainty = 0.999

  /// The smallest count that a Poisson variable of that mean does not exceed with that probability.
  static func poissonQuantile(mean: Double, _ probability: Double) -> Int {
    guard mean > 0 else { return 0 }
    var count = 0
    var cumulative = 0.0
    while count < 10_000 {
      cumulative += exp(Double(count) * log(mean) - mean - lgamma(Double(count) + 1))
      if cumulative >= probability { return count }
      count += 1
    }
    return count
  }
}

/// What one person's year takes in the database, with indexes. Bytes a row are measured (docs/operations.md says how).
struct StorageModel {
  var sessionsPerDay = 2.0
  var daysPerYear = 250.0
  var devices = 2.0
  var sessionBytes = 413.0
  var dayBytes = 391.0
  /// A row of the ledger for each push that stored something.
  var ledgerBytes = 203.0

  /// - Parameter keepsSessions: the account's tier; day totals are kept in both.
  func bytesPerYear(keepsSessions: Bool) -> Int {
    let sessions = sessionsPerDay * daysPerYear
    let days = daysPerYear * min(devices, sessionsPerDay)  // at most a row a device
    return Int(days * dayBytes + sessions * ledgerBytes + (keepsSessions ? sessions * sessionBytes : 0))
  }
}
