import Foundation
import TestSupport
import Testing

@Suite struct ImportTests {
  struct Real: Sendable {
    let file, zone, level, xp, streak, practice: String
    let sessions, days: Int
  }

  static let real = [
    Real(
      file: "costa-rica-40-days", zone: "America/Costa_Rica", level: "7 · Code Mystic", xp: "1,231", streak: "10 days",
      practice: "77 sessions on 32 active days", sessions: 77, days: 32),
    Real(
      file: "berlin-clock-set-back", zone: "Europe/Berlin", level: "8 · Breath Master", xp: "1,550", streak: "12 days",
      practice: "119 sessions on 46 active days", sessions: 119, days: 46),
    Real(
      file: "madrid-cleared-midway", zone: "Europe/Madrid", level: "4 · Zen Developer", xp: "324", streak: "11 days",
      practice: "27 sessions on 13 active days", sessions: 27, days: 13),
  ]

  @Test(arguments: real, ["sessions", "days"])
  func `a real export gives its totals, and once more changes nothing`(real: Real, detail: String) throws {
    let tool = try Tool()
    let count = detail == "days" ? real.days : real.sessions
    try withServer { url in
      for expected in ["\(count) stored, 0 duplicate", "0 stored, \(count) duplicate"] {
        let result = try tool(
          "import", "\(Exports.folder)/\(real.file).json", "--time-zone", real.zone, "--detail", detail, "--url", url)
        #expect(result.status == 0 && result.notes.isEmpty)
        for fact in [real.level, "\(real.xp) in total", "longest \(real.streak)", real.practice, expected] {
          #expect(result.output.contains(fact), "\(fact)")
        }
      }
    }
  }

  @Test func `a zone that nobody names is this machine's, and stays the device's own`() throws {
    let tool = try Tool()
    let file = try tool.file("export.json", Exports.made(sessions: 2))
    try withServer { url in
      #expect(try tool(["import", file, "--url", url], ["TZ": ":Asia/Tokyo"]).status == 0)
      let kept = try String(contentsOfFile: "\(tool.home)/devices/export.json", encoding: .utf8)
      #expect(kept.contains("\"timeZone\": \"Asia/Tokyo\""))
      let again = try tool(["import", file, "--url", url], ["TZ": "Europe/Madrid"])
      #expect(again.notes.isEmpty && again.output.contains("0 stored, 2 duplicate"), "\(again.notes)")
    }
  }

  @Test func `a large file goes in batches, and what cannot be read stops nothing`() throws {
    let tool = try Tool()
    let odd = [7: ",\"goalMinutes\":\"x\"", 9: ",\"goalMinutes\":\"y\""]
    let file = try tool.file("export.json", Exports.made(sessions: 8000) { odd[$0, default: ""] })
    try withServer { url in
      let first = try tool("import", file, "--time-zone", "Europe/Madrid", "--url", url)
      #expect(first.output.contains("7,998 stored, 0 duplicate, 0 flagged, 2 rejected"))
      #expect(first.output.contains("· 2 rejected: wrong_type\n    goalMinutes must be a number\n"))
      #expect(first.notes.contains("7,998 of 7,998 sessions\n"))
      let again = try tool("import", file, "--time-zone", "Europe/Madrid", "--url", url)
      #expect(again.output.contains("0 stored, 7,998 duplicate, 0 flagged, 2 rejected"))
      for wish in [["--detail", "days"], ["--dry-run"]] {
        let refused = try tool(["import", file, "--time-zone", "Europe/Madrid", "--url", url] + wish)
        #expect(refused.status == 65 && refused.notes.contains("too large for one request"))
      }
    }
  }

  @Test func `the secret stays in a file for its owner only and is never printed`() throws {
    let tool = try Tool()
    let file = try tool.file("export.json", Exports.made(sessions: 1))
    try withServer { url in
      let result = try tool("import", file, "--time-zone", "UTC", "--name", "../my laptop", "--url", url)
      #expect(result.status == 0)
      let path = "\(tool.home)/devices/%2E.%2Fmy laptop.json"
      let kept = try String(contentsOfFile: path, encoding: .utf8)
      let secret = try #require(kept.split(separator: "\"secret\": \"").last?.prefix { $0 != "\"" })
      #expect(secret.count == 43 && !(result.output + result.notes).contains(secret))
      let attributes = try FileManager.default.attributesOfItem(atPath: path)
      #expect(attributes[.posixPermissions] as? Int == 0o600)
    }
  }

  @Test func `a device that moves says so, and keeps its account`() throws {
    let tool = try Tool()
    let file = try tool.file("export.json", Exports.made(sessions: 2))
    try withServer { url in
      _ = try tool("import", file, "--time-zone", "Europe/Madrid", "--url", url)
      let moved = try tool("import", file, "--time-zone", "Asia/Tokyo", "--url", url)
      #expect(moved.notes.contains("moves from Europe/Madrid to Asia/Tokyo"))
      #expect(moved.output.contains("0 stored, 2 duplicate"))
    }
  }
}
