import StrictJSON
import TestSupport
import Testing

@Suite struct InvokeTests {
  private static func event(_ path: String) -> String {
    """
    {"http": {"method": "GET", "path": "\(path)", "queryString": "", "body": "", "isBase64Encoded": false,
      "headers": {"authorization": "Bearer ${ACCESS_TOKEN}"}}}
    """
  }

  @Test func `an event gets its reply, with a device's token`() throws {
    let tool = try Tool()
    let export = try tool.file("export.json", Exports.made(sessions: 2))
    let summary = try tool.file("summary.json", InvokeTests.event("/summary"))
    let nothing = try tool.file("nothing.json", InvokeTests.event("/nothing"))
    try withServer { url in
      _ = try tool("import", export, "--time-zone", "UTC", "--name", "me", "--url", url)
      let found = try tool("invoke", "stats", summary, "--token-of", "me", "--url", url)
      #expect(found.status == 0 && found.json["statusCode"] == 200)
      #expect(found.json["body"]?["progress"]?["sessions"] == 2 && found.output.contains("\n  \"statusCode\": 200"))
      let missing = try tool("invoke", "stats", nothing, "--token-of", "me", "--url", url)
      #expect(missing.status == 77 && missing.json["statusCode"] == 404)
    }
  }

  @Test func `a placeholder without a device, and a function that is not built, end with what to do`() throws {
    let tool = try Tool()
    let event = try tool.file("event.json", InvokeTests.event("/summary"))
    let plain = try tool.file("plain.json", "{}")
    #expect(try tool("invoke", "stats", event).status == 64)
    #expect(try tool("invoke", "stats", plain, "--bin", tool.home).status == 69)
    #expect(try tool("invoke", "stats", try tool.file("none.json", "[]")).status == 65)
  }
}
