import Foundation
import StrictJSON
import TestSupport

/// A built tool, with a folder of its own for the devices it makes.
final class Tool: Sendable {
  let name: String
  let home: String

  init(_ name: String = "breath") throws {
    self.name = name
    home = FileManager.default.temporaryDirectory.appending(path: "breath-tool-\(UUID())").path
    try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: home) }

  func callAsFunction(_ arguments: String...) throws -> Command { try self(arguments) }

  func callAsFunction(_ arguments: [String], _ environment: [String: String] = [:]) throws -> Command {
    try Command(
      Tool.path(of: name), arguments,
      environment: Command.inherited.merging(environment) { $1 }.merging(["BREATH_HOME": home]) { $1 })
  }

  /// Writes a file beside the devices.
  func file(_ name: String, _ text: String) throws -> String {
    let path = "\(home)/\(name)"
    try Data(text.utf8).write(to: URL(filePath: path))
    return path
  }

  /// The devices it keeps, by the names of their files.
  var devices: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: "\(home)/devices")) ?? []).sorted() }

  static func path(of name: String) throws -> String { try TestEnvironment.value("BREATH_TEST_BIN") + "/\(name)" }
}

extension Command {
  /// What it wrote to standard output; `null` when that is none.
  var json: JSON { (try? JSON(parsing: output, limits: .trusted)) ?? .null }
}

/// `breath serve` on a free port, for as long as `body` runs.
func withServer(
  functions: String? = nil, environment: [String: String] = [:], _ body: (_ url: String) throws -> Void
) throws {
  let process = Process()
  process.executableURL = URL(filePath: try Tool.path(of: "breath"))
  process.arguments =
    ["serve", "--port", "0", "--pool", "1", "--no-maintenance"] + (functions.map { ["--bin", $0] } ?? [])
  process.environment = Command.inherited.merging(environment) { $1 }
    .merging(["BREATH_RATE_LIMIT_FACTOR": "1000"]) { $1 }
  process.standardInput = FileHandle.nullDevice
  let output = Pipe()
  process.standardOutput = output
  process.standardError = FileHandle.nullDevice
  try process.run()
  defer {
    process.terminate()
    process.waitUntilExit()
  }
  var line = Data()
  while !line.contains(UInt8(ascii: "\n")) {
    let more = output.fileHandleForReading.availableData
    guard !more.isEmpty else { throw ServerEnded() }
    line += more
  }
  guard let url = String(decoding: line, as: UTF8.self).split(separator: " ").last else { throw ServerEnded() }
  try body(url.trimmingCharacters(in: .newlines))
}

struct ServerEnded: Error {}

/// Exports written by the extension's own engine.
enum Exports {
  static let folder = Repository.url("Tests/Unit/BreathDomainTests/Exports").path

  /// What the extension writes, with sessions three hours apart.
  static func made(sessions count: Int, changing: (Int) -> String = { _ in "" }) -> String {
    let sessions = (0..<count).map { index in
      let start = Date(timeIntervalSince1970: 1_600_000_000 + Double(index) * 10_800)
      let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
      return """
        {"id":"sess-\(index)","startedAt":"\(start.formatted(style))",\
        "endedAt":"\((start + 300).formatted(style))","activeMs":300000,"cycles":20,"goalBonusXP":3\(changing(index))}
        """
    }
    return """
      {"exportDate":"2025-01-01T00:00:00.000Z","breathMaster":{"meditation":{"totalXP":1,"sessions":[
      \(sessions.joined(separator: ",\n"))
      ]}}}
      """
  }
}
