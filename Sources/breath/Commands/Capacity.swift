internal import ArgumentParser
internal import ToolSupport

struct Capacity: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Computes how many people a deployment carries.",
    discussion: """
      A small model of the function platform's limits, of the connections that its containers need, and of what a year \
      of practice takes in the database. It asks no server: give your own figures as options.
      """)

  @Option(name: .customLong("interval"), parsing: .upToNextOption, help: "Minutes between two syncs of an open editor.")
  var intervals: [Double] = [1, 5, 15, 30, 60]
  @Option(help: "Invocations a namespace may have in a minute.")
  var invocationsPerMinute = CapacityModel().invocationsPerMinute
  @Option(help: "Invocations a namespace may have at the same time.")
  var concurrent = CapacityModel().concurrentMax
  @Option(help: "Part of the limit to plan with.")
  var utilization = CapacityModel().utilization
  @Option(help: "Part of all people whose editor is open at the busiest time.")
  var activeShare = CapacityModel().activeShare
  @Option(help: "Stats reads for each sync.")
  var readsPerSync = CapacityModel().readsPerSync
  @Option(help: "Mean time of an invocation in milliseconds.")
  var invocationMs = CapacityModel().invocationMs
  @Option(name: .customLong("connection"), parsing: .upToNextOption, help: "Connections the database allows.")
  var connections = [22, 47, 97]
  @Option(help: "Sessions a person has on a day of practice.")
  var sessionsPerDay = StorageModel().sessionsPerDay
  @Option(help: "Days of practice in a year.")
  var daysPerYear = StorageModel().daysPerYear

  func validate() throws {
    let positive =
      intervals + [invocationsPerMinute, utilization, activeShare, invocationMs, sessionsPerDay, daysPerYear]
    guard positive.allSatisfy({ (1e-6...1e9).contains($0) }), (0...1e6).contains(readsPerSync),
      (1...1_000_000).contains(concurrent),
      connections.allSatisfy({ (1...1_000_000).contains($0) })
    else { throw ValidationError("Every figure must be above zero (reads may be zero) and within reason.") }
    guard utilization <= 1, activeShare <= 1 else {
      throw ValidationError("--utilization and --active-share are parts of one: at most 1.")
    }
  }

  func run() {
    let model = model
    print(
      "Editors open at once, under \(format(invocationsPerMinute, 0)) invocations a minute, planned to \(format(utilization * 100, 0)) %"
    )
    table(
      ["sync every", "calls/min each", "open editors", "people"],
      intervals.map { minutes in
        [
          "\(format(minutes, minutes < 1 ? 1 : 0)) min", format(model.callsPerMinute(syncMinutes: minutes), 3),
          model.activeEditors(syncMinutes: minutes).grouped, model.people(syncMinutes: minutes).grouped,
        ]
      })
    print("\nConnections, one a container, with \(format(invocationMs, 0)) ms an invocation at the limit:")
    print(
      "on average \(format(model.containersBusy, 2)) containers at work, \(model.containersAtPeak) at a peak (99.9 %), \(concurrent) at most"
    )
    table(
      ["connections", "suffice at the peak", "mean invocation up to", "short at the most"],
      connections.map { count in
        [
          "\(count)", count >= model.containersAtPeak ? "yes" : "no",
          "\(model.invocationMsMax(connections: count).grouped) ms",
          max(0, concurrent - count).grouped,
        ]
      })
    let storage = storage
    print(
      "\nDatabase, with indexes, for one person's year of \(format(daysPerYear, 0)) days with \(format(sessionsPerDay, 1)) sessions"
    )
    table(
      ["detail", "a person", "10,000 people"],
      [("days", false), ("sessions", true)].map { name, keeps in
        let bytes = storage.bytesPerYear(keepsSessions: keeps)
        return [name, "\(format(Double(bytes) / 1000, 0)) kB", "\(format(Double(bytes) / 100_000, 2)) GB"]
      })
  }

  private var model: CapacityModel {
    CapacityModel(
      invocationsPerMinute: invocationsPerMinute, concurrentMax: concurrent, utilization: utilization,
      activeShare: activeShare, readsPerSync: readsPerSync, invocationMs: invocationMs)
  }

  private var storage: StorageModel { StorageModel(sessionsPerDay: sessionsPerDay, daysPerYear: daysPerYear) }

  private func table(_ head: [String], _ rows: [[String]]) {
    let lines = [head] + rows
    let widths = head.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    for line in lines {
      print(zip(line, widths).map { String(repeating: " ", count: $1 - $0.count) + $0 }.joined(separator: "  "))
    }
  }

  /// Rounded, with so many decimals; without Foundation's formats.
  private func format(_ value: Double, _ decimals: Int) -> String {
    let unit = (0..<decimals).reduce(1) { unit, _ in unit * 10 }
    let scaled = Int((value * Double(unit)).rounded())
    guard decimals > 0 else { return scaled.grouped }
    let digits = "\(scaled % unit)"
    return "\((scaled / unit).grouped)." + String(repeating: "0", count: decimals - digits.count) + digits
  }
}
