internal import ArgumentParser
internal import NIOHTTP1
internal import StrictJSON
internal import ToolSupport

struct Import: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Sends an export of the extension to a server and shows what came of it.",
    discussion: """
      Signs in as a device that this machine keeps under its name, so that importing again is the same device and \
      counts nothing twice. Its secret stays in a file that only you may read, in $BREATH_HOME, or else in \
      breath-master in $XDG_CONFIG_HOME or ~/.config.
      """)

  enum Detail: String, CaseIterable, ExpressibleByArgument { case sessions, days }

  @Argument(help: "The file that \"Export data\" wrote, of any version; - for standard input.")
  var file: String

  @Option(
    help: """
      The zone the sessions were in, such as Europe/Berlin: it decides which day each belongs to. (default: the device's \
      own, and this machine's for a new one)
      """)
  var timeZone: String?

  @Option(help: "What the device is called. (default: the file's name)")
  var name: DeviceName?

  @Option(help: "The server.", transform: ServerURL.init(parsing:))
  var url = ServerURL.standard

  @Option(help: "What the server keeps: single sessions, which chooses so for the whole account, or day totals only.")
  var detail = Detail.sessions

  @Flag(help: "Only report what an import would do: makes no device, uses up no code, changes nothing.")
  var dryRun = false

  @Option(help: "A pairing code of another device, whose account this new device joins.")
  var pair: String?

  func run() async throws {
    guard let name = name ?? DeviceName(ofFile: file), name.description != "-" else {
      throw Failure(.usage, "The file's name makes no device's name: give one of 1 to 64 characters with --name.")
    }
    let export = try ExportDocument(contentsOf: file)
    if dryRun { return print(try await ImportTrial(self, export, name).text(), terminator: "") }
    if !export.fitsOneRequest { try checkThatBatchesWillDo(export) }
    let outcome = try await Client.to(url) { client in
      var device = try await SignedInDevice(name, timeZone: timeZone, code: pair, client)
      if let timeZone { try await device.move(to: timeZone) }
      return export.fitsOneRequest ? try await send(export, as: &device) : try await push(export, as: &device)
    }
    let summary = ImportSummary(
      file: file, name: name, server: url, isDryRun: false, detail: detail, outcome: outcome)
    print(summary.text, terminator: "")
  }

  /// Day totals of one date that came in two requests would not add up.
  private func checkThatBatchesWillDo(_ export: ExportDocument) throws {
    guard detail == .days else { return }
    throw Failure(
      .badInput, "\(export.size(of: file)): import it with --detail sessions, which sends it in parts.")
  }

  private func send(_ export: ExportDocument, as device: inout SignedInDevice) async throws -> ImportOutcome {
    let path = "/v1/sync/import?detail=\(detail.rawValue)"
    var outcome = ImportOutcome()
    outcome.add(try await device.call(.POST, path, export.json).success())
    return outcome
  }

  private func push(_ export: ExportDocument, as device: inout SignedInDevice) async throws -> ImportOutcome {
    var outcome = ImportOutcome()
    outcome.reject(export.unreadable)
    outcome.isSalvaged = export.isSalvaged
    _ = try await device.call(.PUT, "/v1/sync/detail", ["detail": "sessions"]).success()
    var progress = ProgressBar(total: export.sessions.count, unit: "sessions")
    var done = 0
    for batch in export.batches {
      let body: JSON = [
        "detail": "sessions", "push": batch.json, "limit": 1,
      ]
      outcome.add(try await device.call(.POST, "/v1/sync", body).success())
      done += batch.count
      progress.show(done)
    }
    return outcome
  }
}
