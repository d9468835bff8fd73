internal import ArgumentParser
internal import FoundationEssentials
internal import Glibc

struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measures the functions against the targets of the design.",
    discussion: """
      Needs a migrated database that may be filled and thrown away, and the functions' environment: scripts/bench.sh \
      makes both and removes them afterwards. Rate limits are lifted. Compare ratios rather than absolute numbers, and \
      measure when nothing else runs.
      """)

  @Flag(help: "A few seconds a row: shows that everything works; the numbers say little.")
  var quick = false

  @Option(help: ArgumentHelp("Also write the figures to a file.", valueName: "file"))
  var json: String?

  @Option(
    help: ArgumentHelp(
      "Measure only this; may be repeated. One of \(Topic.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "name"))
  var only: [Topic] = []

  func run() throws {
    signal(SIGPIPE, SIG_IGN)
    let workbench = try Workbench(isQuick: quick)
    var report = Report()
    for topic in Topic.allCases where only.isEmpty || only.contains(topic) {
      say("measuring \(topic.rawValue) …")
      report.figures += try Failure.explaining { try topic.measure(workbench) }
    }
    print(report.table)
    if let json { try report.write(to: json) }
  }

  /// Not part of the table.
  private func say(_ line: String) {
    let bytes = Array("\(line)\n".utf8)
    _ = unsafe write(STDERR_FILENO, bytes, bytes.count)
  }
}

/// What can be measured by itself, in the order of the table.
enum Topic: String, CaseIterable, ExpressibleByArgument {
  case roundTrips = "round-trips"
  case start, warm, pgbench, gateway
  case openLoop = "open-loop"
  case ingest, stats, memory

  func measure(_ workbench: Workbench) throws -> [Figure] {
    switch self {
    case .roundTrips: try RoundTrips(workbench).measure()
    case .start: try StartToAnswer(workbench).measure()
    case .warm: try WarmSync(workbench).measure()
    case .pgbench: try AgainstPgbench(workbench).measure()
    case .gateway: try ThroughGateway(workbench).measure()
    case .openLoop: try OpenLoad(workbench).measure()
    case .ingest: try [workbench.history().figure]
    case .stats: try SummaryOfHistory(workbench).measure()
    case .memory: try Memory(workbench).measure()
    }
  }
}
