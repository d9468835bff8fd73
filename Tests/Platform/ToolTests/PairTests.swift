import Foundation
import StrictJSON
import TestSupport
import Testing

/// A person with several machines: `breath pair`, `breath status`, `breath devices`.
@Suite struct PairTests {
  private func code(_ tool: Tool, _ url: String) throws -> String {
    let made = try tool("pair", "--url", url)
    let code = try #require(made.output.split(separator: "\n").first.map { String($0) }, "\(made.notes)")
    #expect(code.wholeMatch(of: /BM-\w{6}-\w{6}/) != nil && made.output.contains("breath pair \(code) --url \(url)"))
    return code
  }

  @Test func `a second machine joins by a code, and both see the same`() throws {
    let (first, second) = (try Tool(), try Tool())
    let file = try first.file("export.json", Exports.made(sessions: 4))
    try withServer { url in
      _ = try first("import", file, "--time-zone", "UTC", "--name", "laptop", "--url", url)
      let joined = try second("pair", code(first, url), "--name", "tower", "--time-zone", "UTC", "--url", url)
      #expect(joined.status == 0 && joined.output.contains("4 sessions on"), "\(joined.output)\(joined.notes)")
      for tool in [first, second] {
        let status = try tool("status", "--url", url)
        #expect(status.output.contains("4 sessions on") && status.output.contains("Stored    single sessions"))
        #expect(try tool("status", "--url", url, "--json").json["progress"]?["sessions"] == 4)
        let devices = try tool("devices", "--url", url).output.split(separator: "\n")
        #expect(
          devices.count == 2 && devices.contains { $0.hasPrefix("laptop") }
            && devices.contains { $0.hasPrefix("tower") })
      }
    }
  }

  /// The usual mistake: the second machine imported before it was paired.
  @Test func `a machine with an account of its own brings it along`() throws {
    let (first, second) = (try Tool(), try Tool())
    try withServer { url in
      for (tool, count) in [(first, 4), (second, 3)] {
        let text = Exports.made(sessions: count).replacing("sess-", with: "sess-\(count)")
        _ = try tool("import", try tool.file("export.json", text), "--time-zone", "UTC", "--url", url)
      }
      let made = try code(first, url)
      let tried = try second("pair", made, "--url", url, "--dry-run")
      #expect(tried.output.contains("This account   3 sessions of 1 device"), "\(tried.output)\(tried.notes)")
      #expect(tried.output.contains("The code's     4 sessions of 1 device"))
      #expect(try second("devices", "--url", url).output.split(separator: "\n").count == 1)
      #expect(try second("pair", made, "--url", url).status == 0)
      #expect(try first("devices", "--url", url).output.split(separator: "\n").count == 2)
    }
  }

  @Test func `a machine is renamed and signed out by its name or its id`() throws {
    let (first, second) = (try Tool(), try Tool())
    let file = try first.file("export.json", Exports.made(sessions: 1))
    try withServer { url in
      _ = try first("import", file, "--time-zone", "UTC", "--name", "laptop", "--url", url)
      _ = try second("pair", code(first, url), "--name", "old one", "--url", url)
      #expect(
        try first("devices", "rename", "old one", "tower", "--url", url).output
          == "\"old one\" is called \"tower\" now.\n")
      let list = try first("devices", "--url", url).output
      #expect(list.contains("tower") && !list.contains("old one"))
      #expect(try first("devices", "revoke", "nothing", "--url", url).status == 65)
      #expect(try first("devices", "revoke", "tower", "--url", url).status == 0)
      let refused = try second("status", "--url", url)
      #expect(refused.status == 77 && refused.notes.contains("device_revoked"), "\(refused.notes)")
    }
  }

  @Test func `a machine that never was here is told how to begin`() throws {
    for command in [["status"], ["pair"], ["devices"]] {
      let result = try Tool()(command)
      #expect(result.status == 65 && result.notes.contains("import something first"), "\(result.notes)")
    }
  }
}
