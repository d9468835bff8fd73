internal import ArgumentParser
internal import NIOHTTP1
internal import StrictJSON

struct Status: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows where you stand: level, XP, streak and practice of the whole account.",
    discussion: "Signs in as a device that has imported or was paired before.")

  @Option(help: "The device. (default: the only one there is for the server)")
  var name: DeviceName?

  @Option(help: "The server.", transform: ServerURL.init(parsing:))
  var url = ServerURL.standard

  @Flag(help: "Print the server's answer as JSON.")
  var json = false

  func run() async throws {
    let name = try DeviceFile.chosen(name, at: url)
    let summary = try await Client.to(url) { client in
      var device = try await SignedInDevice(name, client)
      return try await device.call(.GET, "/v1/stats/summary").success()
    }
    if json { return print(summary.pretty, terminator: "") }
    let detail = summary["detail"]?.string == "sessions" ? "single sessions" : "day totals only"
    let lines = ["\"\(name)\" at \(url)", ""] + ProgressFacts(progress: summary["progress"] ?? .null).lines
    print((lines + ["  Stored    \(detail)"]).joined(separator: "\n"))
  }
}
