import Foundation
import TestSupport
import Testing

/// `breath import --dry-run` and `breath pair --dry-run` change nothing, here or there.
@Suite struct DryRunTests {
  @Test func `a dry run of a new device makes no device, here or there`() throws {
    let tool = try Tool()
    let file = try tool.file("export.json", Exports.made(sessions: 3) { $0 == 1 ? ",\"goalMinutes\":\"x\"" : "" })
    try withServer { url in
      for _ in 0..<2 {
        let result = try tool("import", file, "--time-zone", "Europe/Madrid", "--url", url, "--dry-run")
        #expect(result.status == 0 && result.output.contains("Tried, and changed nothing"), "\(result.notes)")
        #expect(result.output.contains("2 would be stored, 1 rejected"), "\(result.output)")
        #expect(result.output.contains("an import would make an account for it"))
        #expect(tool.devices.isEmpty)
      }
      #expect(try tool("export", "--url", url).status == 65)
    }
  }

  @Test func `a dry run of a known device is the server's word, and stores nothing`() throws {
    let tool = try Tool()
    let (file, more) = (
      try tool.file("a.json", Exports.made(sessions: 3)), try tool.file("b.json", Exports.made(sessions: 5))
    )
    try withServer { url in
      _ = try tool("import", file, "--time-zone", "UTC", "--name", "me", "--url", url)
      for _ in 0..<2 {
        let result = try tool("import", more, "--name", "me", "--url", url, "--dry-run")
        #expect(result.output.contains("2 would be stored, 3 duplicate"), "\(result.output)")
      }
    }
  }

  @Test func `a dry run leaves a pairing code as it is`() throws {
    let (first, second) = (try Tool(), try Tool())
    let file = try first.file("export.json", Exports.made(sessions: 4))
    try withServer { url in
      _ = try first("import", file, "--time-zone", "UTC", "--url", url)
      let code = try #require(try first("pair", "--url", url).output.split(separator: "\n").first)
      for _ in 0..<2 {
        let tried = try second("import", file, "--url", url, "--pair", String(code), "--dry-run")
        #expect(tried.output.contains("it would join 4 sessions of 1 device"), "\(tried.output)\(tried.notes)")
        #expect(second.devices.isEmpty)
      }
      let joined = try second("import", file, "--url", url, "--name", "other", "--pair", String(code))
      #expect(joined.status == 0, "\(joined.notes)")
      #expect(try first("devices", "--url", url).output.contains("other"))
      let wrong = try second("import", file, "--url", url, "--name", "third", "--pair", "BM-222222-222222", "--dry-run")
      #expect(wrong.status == 77 && wrong.notes.contains("404 pairing_code_invalid"))
    }
  }

  @Test func `an import that is refused leaves no device behind`() throws {
    let tool = try Tool()
    let file = try tool.file("export.json", Exports.made(sessions: 1))
    try withServer { url in
      let zone = try tool("import", file, "--time-zone", "Mars/Base", "--url", url)
      #expect(zone.status == 65 && zone.notes.contains("Mars/Base"), "\(zone.notes)")
      #expect(try tool("import", file, "--time-zone", "UTC", "--pair", "BM-222222-222222", "--url", url).status == 77)
      #expect(tool.devices.isEmpty)
      #expect(try tool("export", "--url", url).notes.contains("There is no device for"))
    }
  }
}
