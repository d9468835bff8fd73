internal import ArgumentParser
internal import FoundationEssentials
internal import Glibc
internal import NIOHTTP1
internal import StrictJSON
internal import ToolSupport

struct Export: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Fetches a whole account from a server as one JSON document.",
    discussion: "Signs in as a device that has imported before.")

  enum Shape: String, CaseIterable, ExpressibleByArgument { case own, `extension` }

  @Option(help: "The device. (default: the only one there is for the server)")
  var name: DeviceName?

  @Option(help: "The server.", transform: ServerURL.init(parsing:))
  var url = ServerURL.standard

  @Option(help: "The server's own shape, with everything, or the extension's, which it can import.")
  var shape = Shape.own

  @Option(help: "File to write, instead of standard output.")
  var out: String?

  func run() async throws {
    let name = try DeviceFile.chosen(name, at: url)
    let pages = try await Client.to(url) { client in
      var device = try await SignedInDevice(name, client)
      return try await ExportPages.fetch(as: &device, shape)
    }
    let document = shape == .own ? pages.merged : pages.mergedAsExtension
    guard let out else { return print(document.pretty.printableJSON, terminator: "") }
    try Export.write(document.pretty, to: out)
    Terminal.note("Wrote \(pages.sessionCount.grouped) sessions of \"\(name)\" to \(out).")
  }

  /// All of it or nothing, and for its owner only: it is somebody's practice.
  private static func write(_ text: String, to path: String) throws {
    let mask = umask(0o077)
    defer { umask(mask) }
    do {
      try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
    } catch {
      throw Failure(.badInput, "\(path) cannot be written: does its folder exist, and may you write there?")
    }
  }
}
