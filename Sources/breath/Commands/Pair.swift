internal import ArgumentParser
internal import FoundationEssentials
internal import NIOHTTP1
internal import StrictJSON
internal import ToolSupport

struct Pair: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Makes two machines one person's: prints a code here, and takes it there.",
    discussion: """
      Without a code: signs in as a device of this machine and prints a code, for one use within ten minutes. With one: this \
      machine's device joins the account that made it. A device that has an account brings it along: both become one, which \
      can be undone for thirty days. --dry-run shows the numbers first.
      """)

  @Argument(help: "The code that the other machine shows.")
  var code: String?

  @Option(help: "The device. (default: the only one there is for the server; with a code, else this machine's name)")
  var name: DeviceName?

  @Option(help: "The zone of a new device, such as Europe/Berlin. (default: this machine's)")
  var timeZone: String?

  @Option(help: "The server.", transform: ServerURL.init(parsing:))
  var url = ServerURL.standard

  @Flag(help: "Only report what the code would do; uses nothing up.")
  var dryRun = false

  func validate() throws {
    if dryRun && code == nil { throw ValidationError("--dry-run needs the code that is tried.") }
  }

  func run() async throws {
    let lines = try await Client.to(url) { client in
      guard let code else { return try await newCode(client) }
      return dryRun ? try await tried(code, client) : try await joined(code, client)
    }
    print(lines.joined(separator: "\n"))
  }

  private func newCode(_ client: Client) async throws -> [String] {
    let name = try DeviceFile.chosen(name, at: url)
    var device = try await SignedInDevice(name, client)
    let code = try await device.newPairingCode()?.printable ?? ""
    let place = url == .standard ? "" : " --url \(url)"
    return [
      code, "", "It joins another machine to the account of \"\(name)\", once, within ten minutes. There:",
      "  breath pair \(code)\(place)",
    ]
  }

  private func joined(_ code: String, _ client: Client) async throws -> [String] {
    let name = try joiningName
    let known = try DeviceFile(name).device(at: url)?.isKnown == true
    var device: SignedInDevice
    if known {
      device = try await SignedInDevice(name, client)
      _ = try await device.redeem(code)
    } else {
      device = try await SignedInDevice(name, timeZone: timeZone, code: code, client)
    }
    let summary = try await device.call(.GET, "/v1/stats/summary").success()
    return ["\"\(name)\" belongs to the account that made the code. Together:", ""]
      + ProgressFacts(progress: summary["progress"] ?? .null).lines
  }

  private func tried(_ code: String, _ client: Client) async throws -> [String] {
    let name = try joiningName
    let device = try DeviceFile(name).device(at: url) ?? KeptDevice(timeZone: timeZone ?? MachineZone.name)
    return ["Tried, and changed nothing: \(code.printable) as \"\(name)\" at \(url)", ""]
      + (try await PairingPreview(code, device, name, client).lines)
  }

  /// The name of the device that joins: a machine that has none yet gets one of its own name.
  private var joiningName: DeviceName {
    get throws {
      if name == nil, try DeviceFile.names(at: url).isEmpty {
        return DeviceName(String(ProcessInfo.processInfo.hostName.prefix(64))) ?? DeviceName("this machine")!
      }
      return try DeviceFile.chosen(name, at: url)
    }
  }
}
