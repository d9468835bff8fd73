internal import ArgumentParser
internal import FoundationEssentials
internal import Glibc
internal import ToolSupport

/// A tool of its own: what an operator runs carries none of it.
@main
struct Bench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "breath-bench",
    abstract: "Measures the functions against the targets of the design.",
    discussion: """
      Needs a migrated database that may be filled and thrown away, and the functions' environment: scripts/bench.sh \
      makes both and removes them afterwards. Rate limits are lifted. Compare ratios rather than absolute numbers, and \
      measure when nothing else runs.
      """)

  @Flag(help: "A few seconds a row: shows that everything works; the numbers say little.")
  var quick = false

  @Option(help: ArgumentHelp("Also write the figures to a file, as JSON.", valueName: "file"))
  var json: String?

  @Option(help: ArgumentHelp("Also write them as a page of Markdown.", valueName: "file"))
  var table: String?

  @Option(help: ArgumentHelp("Also draw them, as an SVG picture.", valueName: "file"))
  var plot: String?

  @Option(help: "Processes a function in the gateway. (default: as breath serve)")
  var pool: Int?

  @Option(help: "Clients at a time in the rows of throughput; may be repeated. (default: 1, 2, 4, 8, 16)")
  var clients: [Int] = []

  @Option(
    help: ArgumentHelp(
      "Measure only this; may be repeated. One of \(Topic.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "name"))
  var only: [Topic] = []

  static func main() async {
    do {
      try await parse().run()
    } catch let failure as Failure {
      Terminal.note("breath-bench: \(failure)")
      Glibc.exit(failure.status.rawValue)
    } catch {
      exit(withError: error)
    }
  }

  func validate() throws {
    guard clients.allSatisfy({ (1...64).contains($0) }) else { throw ValidationError("--clients is 1 to 64.") }
  }

  func run() async throws {
    signal(SIGPIPE, SIG_IGN)
    let workbench = try Workbench(isQuick: quick, pool: pool, clients: clients)
    var report = Report(surroundings: try Failure.explaining { try Surroundings.line(workbench) })
    for topic in Topic.allCases where only.isEmpty || only.contains(topic) {
      Terminal.write("measuring \(topic.rawValue) …\n")
      report.figures += try await topic.measure(workbench)
    }
    print(report.table)
    if let json { try Report.write(report.json, to: json) }
    if let table { try Report.write(report.markdown.utf8, to: table) }
    if let plot { try Report.write(Plot(report).svg.utf8, to: plot) }
  }
}

/// What can be measured by itself, in the order of the table.
enum Topic: String, CaseIterable, ExpressibleByArgument {
  case roundTrips = "round-trips"
  case start, warm, stages, pgbench, gateway
  case openLoop = "open-loop"
  case ingest, stats, memory, zips, neighbours

  func measure(_ workbench: Workbench) async throws -> [Figure] {
    if self == .stages { return try await Stages(workbench).measure() }
    return try Failure.explaining { try figures(workbench) }
  }

  private func figures(_ workbench: Workbench) throws -> [Figure] {
    switch self {
    case .roundTrips: try RoundTrips(workbench).measure()
    case .start: try StartToAnswer(workbench).measure()
    case .warm: try WarmSync(workbench).measure()
    case .stages: []
    case .pgbench: try AgainstPgbench(workbench).measure()
    case .gateway: try Throughput(workbench).measure()
    case .openLoop: try OpenLoad(workbench).measure()
    case .ingest: try [workbench.history().figure]
    case .stats: try ViewsOfHistory(workbench).measure()
    case .memory: try Memory(workbench).measure()
    case .zips: DeployedZips.measure(workbench)
    case .neighbours: try Neighbours(workbench).measure()
    }
  }
}
