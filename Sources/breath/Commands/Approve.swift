internal import ArgumentParser
internal import Glibc
internal import NIOHTTP1
internal import StrictJSON
internal import ToolSupport

struct Approve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Lets an editor or a terminal in that shows a code, or turns it away.",
    discussion: """
      For a program that says "go to …/connect and type this code". Shows who asks before anything is decided; whoever is \
      let in sees and changes your practice. Signs in as a device that has imported or was paired before.
      """)

  @Argument(help: "The code that the other program shows.")
  var code: String

  @Option(help: "The device to sign in as. (default: the only one there is for the server)")
  var name: DeviceName?

  @Option(help: "The server.", transform: ServerURL.init(parsing:))
  var url = ServerURL.standard

  @Flag(help: "Turn it away.")
  var deny = false

  @Flag(help: "Do not ask: it was you who started the other program, just now.")
  var yes = false

  func run() async throws {
    let name = try DeviceFile.chosen(name, at: url)
    let decision = try await Client.to(url) { client in
      var device = try await SignedInDevice(name, client)
      let asked = try await device.call(.POST, "/v1/auth/device/preview", ["userCode": .string(code)]).success()
      Terminal.note(Approve.question(asked))
      let decision = deny ? "deny" : try isSure ? "approve" : "deny"
      let body: JSON = ["userCode": .string(code), "decision": .string(decision)]
      _ = try await device.call(.POST, "/v1/auth/device/approve", body).success()
      return decision
    }
    print(decision == "approve" ? "It is let in, as a device of your account." : "It is turned away.")
  }

  private static func question(_ asked: JSON) -> String {
    let device = asked["device"]?["name"]?.string ?? "a device"
    let place = asked["isYourNetwork"]?.bool == true ? "your own network" : asked["network"]?.string ?? "elsewhere"
    let client = asked["client"]?.string ?? "a program"
    return "\"\(device)\" (\(client)) asks to join your account, from \(place).".printable
  }

  private var isSure: Bool {
    get throws {
      if yes { return true }
      guard isatty(STDIN_FILENO) == 1 else {
        throw Failure(.usage, "Say --yes to let it in, or --deny: there is nobody to ask.")
      }
      Terminal.write("Let it in? [y/N] ")
      return ["y", "yes"].contains(readLine()?.lowercased())
    }
  }
}
