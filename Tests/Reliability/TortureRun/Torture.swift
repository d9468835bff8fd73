import ArgumentParser
import Foundation
import Torture

/// Plays histories for a while, says what became of them, and keeps the sum of all such runs.
@main
struct Play: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "torture", abstract: "Play seeded fault histories of the sync protocol.",
    discussion: "The levels database and processes need a database: run it by scripts/torture.sh.")

  enum Level: String, CaseIterable, ExpressibleByArgument { case model, database, processes, all }

  @Option(help: "How long, all levels together.") var seconds: Double = 60
  @Option(help: "The first seed; the time of day when left out.") var seed: UInt64?
  @Option(help: "model, database, processes, or all of them one after the other.") var level = Level.all
  @Option(help: "A file of totals that a line is added to.") var ledger: String?
  @Option(help: "Stop after so many histories of a level.") var histories: UInt64 = .max
  @Option(help: "How many at a time.") var workers = 2
  @Flag(help: "Print all that happened in histories that fail.") var trace = false

  @Flag(help: "Instead, plant each known error in the model and count the histories it takes to find it.") var planted =
    false

  func run() throws {
    if planted { return try findPlanted() }
    let first = seed ?? UInt64(Date().timeIntervalSince1970) * 1_000
    let levels: [Level] = level == .all ? [.model, .database, .processes] : [level]
    var failed = 0
    for level in levels {
      let played = try play(level, from: first, seconds / Double(levels.count))
      report(level, played)
      failed += played.cases.count
      if let ledger { try Ledger(path: ledger).add(level.rawValue, first, played) }
    }
    if failed > 0 { throw ExitCode.failure }
  }

  private func play(_ level: Level, from first: UInt64, _ seconds: Double) throws -> Crew.Played {
    let stages =
      switch level {
      case .database: try Stage.making(.database, "torture_database", count: workers)
      case .processes: try Stage.making(.processes, "torture_processes", count: workers)
      case .model, .all: [Stage]()
      }
    print("\(level.rawValue): seeds from \(first), \(Int(seconds)) s, \(workers) at a time")
    let crew = Crew(stages, from: first, histories: histories, seconds: seconds, workers: workers)
    return try crew.play { print("  \($0)") }
  }

  /// At most as many histories for each as `--histories` says, or 5,000.
  private func findPlanted() throws {
    let first = seed ?? 1
    for bug in PlantedBug.all {
      let found = try Campaign.historiesToFind(bug, seeds: first..<first + min(histories, 5_000))
      print("\(found.map { "\($0)" } ?? "not found")\t\(bug)")
    }
  }

  private func report(_ level: Level, _ played: Crew.Played) {
    for failed in played.cases {
      print(trace ? "seed \(failed.seed): \(failed.failure)\n\(failed.trace.joined(separator: "\n"))" : "\(failed)")
    }
    print(Table(level.rawValue, played).text)
  }
}
