import Foundation
import StrictJSON
import TestSupport
import Testing

@Suite struct ExportTests {
  @Test func `an account comes back whole, over all pages`() throws {
    let tool = try Tool()
    let file = try tool.file("practice.json", Exports.made(sessions: 1100))
    try withServer { url in
      _ = try tool("import", file, "--time-zone", "Europe/Madrid", "--url", url)
      let own = try tool("export", "--url", url).json
      #expect(own["progress"]?["sessions"] == 1100)
      let ids = own["records"]?["sessions"]?.array?.compactMap { $0["id"]?.string } ?? []
      #expect(ids.count == 1100 && Set(ids).count == 1100)
      #expect(own["records"]?["devices"]?.array?.count == 1)
    }
  }

  @Test func `the extension's shape can be imported again`() throws {
    let tool = try Tool()
    let file = try tool.file("practice.json", Exports.made(sessions: 1100))
    let out = "\(tool.home)/out.json"
    try withServer { url in
      _ = try tool("import", file, "--time-zone", "Europe/Madrid", "--url", url)
      let result = try tool("export", "--name", "practice", "--url", url, "--shape", "extension", "--out", out)
      #expect(result.output.isEmpty && result.notes.contains("Wrote 1,100 sessions"))
      let again = try tool("import", out, "--time-zone", "Europe/Madrid", "--name", "practice", "--url", url)
      #expect(again.output.contains("0 stored, 1,100 duplicate"))
    }
  }

  @Test func `a device that never was here cannot export`() throws {
    let result = try Tool()("export", "--name", "nobody")
    #expect(result.status == 65 && result.notes.contains("There is no device \"nobody\""))
  }
}
