import Foundation
import FunctionRuntime
import Postgres
import TestSupport
import Testing

/// A function's way to its database, through a socket of our own: it can be shut for who comes, and cut for who is in.
/// It leads wherever the function's URL does, to the server or to the pooler before it.
final class Door: Sendable {
  private let folder: URL
  private let link: URL
  private let relay: Relay
  private let url: String

  init(of name: FunctionName) throws {
    url = try #require(Fleet.environment(of: name)["DATABASE_URL"])
    let options = try ConnectOptions(PostgresConfiguration(url: url, applicationName: ""), caPath: nil).values
    let (host, port) = (try #require(options["host"]), try #require(options["port"]))
    folder = URL(filePath: "/tmp/breath-door-\(UUID().uuidString.prefix(8))")
    link = folder.appending(path: ".s.PGSQL.\(port)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    relay = try Relay(at: .file(folder.path + "/relay"), to: .file("\(host)/.s.PGSQL.\(port)"))
    try open()
  }

  deinit {
    relay.stopListening()
    relay.cut()
    try? FileManager.default.removeItem(at: folder)
  }

  /// What sends a function through this door.
  var environment: [String: String] { ["DATABASE_URL": url + "&host=\(folder.path)"] }

  func open() throws {
    try FileManager.default.createSymbolicLink(atPath: link.path, withDestinationPath: folder.path + "/relay")
  }
  /// Nobody else comes in; who is in, stays.
  func shut() throws { try FileManager.default.removeItem(at: link) }
  func cut() { relay.cut() }
}
