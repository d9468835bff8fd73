import Foundation
import Torture

/// The totals of one level, as a table to read and as a line to keep.
struct Table {
  let level: String
  let rows: [(name: String, value: String)]

  init(_ level: String, _ played: Crew.Played) {
    self.level = level
    let tally = played.tally
    func failures(_ kind: FailureKind) -> String { "\(tally.failures[kind] ?? 0)" }
    rows = [
      ("seconds", String(Int(played.seconds.rounded()))), ("histories", "\(tally.histories)"),
      ("operations", "\(tally.operations)"), ("deliveries", "\(tally.deliveries)"), ("kills", "\(tally.kills)"),
      ("crashes", "\(tally.crashes)"), ("restores", "\(tally.restores)"), ("lost", failures(.lost)),
      ("doubled", failures(.doubled)), ("resurrected", failures(.resurrected)), ("diverged", failures(.diverged)),
      ("repaired", failures(.repaired)),
    ]
  }

  var text: String {
    let lines = rows.map { $0.name + String(repeating: " ", count: 13 - $0.name.count) + $0.value }
    return ([level] + lines).joined(separator: "\n  ")
  }
}

/// A tab-separated file with a line for each level of each run.
struct Ledger {
  let path: String

  func add(_ level: String, _ seed: UInt64, _ played: Crew.Played) throws {
    let table = Table(level, played)
    let header = ["date", "level", "first_seed"] + table.rows.map { $0.name == "seconds" ? "duration_s" : $0.name }
    let date = played.started.formatted(.iso8601.year().month().day())
    let line = [date, level, "\(seed)"] + table.rows.map(\.value)
    let old = try? String(contentsOfFile: path, encoding: .utf8)
    let text = (old ?? header.joined(separator: "\t") + "\n") + line.joined(separator: "\t") + "\n"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
  }
}
