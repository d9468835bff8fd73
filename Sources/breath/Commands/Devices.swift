internal import ArgumentParser
internal import NIOHTTP1
internal import StrictJSON
internal import ToolSupport

/// `breath devices`: the machines of an account.
struct Devices: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows the machines of your account, renames one, or signs one out.",
    subcommands: [List.self, Rename.self, Revoke.self], defaultSubcommand: List.self)

  struct Place: ParsableArguments {
    @Option(help: "The device to sign in as. (default: the only one there is for the server)")
    var name: DeviceName?

    @Option(help: "The server.", transform: ServerURL.init(parsing:))
    var url = ServerURL.standard

    func signedIn<Value>(_ work: (inout SignedInDevice) async throws -> Value) async throws -> Value {
      let name = try DeviceFile.chosen(name, at: url)
      return try await Client.to(url) { client in
        var device = try await SignedInDevice(name, client)
        return try await work(&device)
      }
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Prints each machine's name, when it was last seen, and its id.")

    @OptionGroup var place: Place

    @Flag(help: "Print the server's answer as JSON.")
    var json = false

    func run() async throws {
      let answer = try await place.signedIn { try await $0.call(.GET, "/v1/auth/devices").success() }
      if json { return print(answer.pretty, terminator: "") }
      let machines = Machine.all(answer)
      let width = machines.map(\.name.count).max() ?? 0
      for machine in machines {
        let name = machine.name + String(repeating: " ", count: width - machine.name.count)
        print("\(name)  \(machine.lastSeen)  \(machine.id)\(machine.remark)")
      }
    }
  }

  struct Rename: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Calls a machine something else, on all of them.")

    @Argument(help: "The machine's id, or its name.") var machine: String
    @Argument(help: "What it is called from now on.") var newName: DeviceName
    @OptionGroup var place: Place

    func run() async throws {
      let found = try await place.signedIn { device in
        let found = try await Machine.find(machine, as: &device)
        let body: JSON = ["name": .string(newName.description)]
        _ = try await device.call(.PATCH, "/v1/auth/devices/\(found.id)", body).success()
        return found
      }
      print("\"\(found.name)\" is called \"\(newName)\" now.")
    }
  }

  struct Revoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Signs a machine out for good. What it stored stays.")

    @Argument(help: "The machine's id, or its name.") var machine: String
    @OptionGroup var place: Place

    func run() async throws {
      let found = try await place.signedIn { device in
        let found = try await Machine.find(machine, as: &device)
        try await device.call(.DELETE, "/v1/auth/devices/\(found.id)").checkSuccess()
        return found
      }
      print("\"\(found.name)\" is signed out. What it stored stays.")
    }
  }
}

/// A machine of an account, as the server lists it.
private struct Machine {
  let id, name, lastSeen, remark: String

  static func all(_ answer: JSON) -> [Machine] {
    (answer["devices"]?.array ?? []).map { device in
      let remarks = [
        device["isThisOne"]?.bool == true ? "  this one" : "", device["revoked"]?.bool == true ? "  signed out" : "",
      ]
      return Machine(
        id: device["id"]?.string?.printable ?? "", name: device["name"]?.string?.printable ?? "",
        lastSeen: String((device["lastSeenAt"]?.string ?? "").printable.prefix(10)), remark: remarks.joined())
    }
  }

  static func find(_ text: String, as device: inout SignedInDevice) async throws -> Machine {
    let all = all(try await device.call(.GET, "/v1/auth/devices").success())
    let found = all.filter { $0.id == text.lowercased() }
    let named = found.isEmpty ? all.filter { $0.name == text } : found
    switch named.count {
    case 1: return named[0]
    case 0: throw Failure(.badInput, "There is no machine \"\(text)\": 'breath devices' lists them.".printable)
    default: throw Failure(.usage, "Several machines are called \"\(text)\": give the id ('breath devices').".printable)
    }
  }
}
