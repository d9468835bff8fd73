import Foundation
import FunctionRuntime
import TestSupport
import Testing

/// One line that says what to do, and a status that scripts can tell apart.
@Suite struct FailureTests {
  @Test func `a file that is no export is bad input`() throws {
    let tool = try Tool()
    for path in [
      "\(tool.home)/none.json", tool.home, try tool.file("a.json", ""), try tool.file("b.json", "{\"a\":1,\"a\":2}"),
      try tool.file("c.json", "{\"breathMaster\": null}"),
    ] { expect(try tool("import", path, "--time-zone", "UTC"), endsWith: 65) }
  }

  @Test func `wrong usage is said in one line`() throws {
    let tool = try Tool()
    for arguments in [
      ["impor"], ["import"], ["import", "-"], ["import", "x", "--time-zone", "UTC", "--url", "ftp://x"],
      ["pair", "--dry-run"], ["maintain", "--interval", "0"], ["serve", "--port", "70000"],
      ["import", "x", "--time-zone", "UTC", "--detail", "weeks"], ["invoke", "nothing", "x"],
    ] { expect(try tool(arguments), endsWith: 64) }
  }

  @Test func `a command that is not there leads to the one that was meant, and to its help`() throws {
    let tool = try Tool()
    #expect(
      try tool("impor", "x").notes
        == "breath: There is no command 'impor': did you mean 'import'? (see breath --help)\n")
    #expect(try tool("zebra").notes == "breath: There is no command 'zebra' (see breath --help)\n")
    #expect(try tool("import").notes.hasSuffix("(see breath import --help)\n"))
    #expect(try tool("keys", "rotate", "--x").notes.hasSuffix("(see breath keys rotate --help)\n"))
    let url = try tool("import", "x", "--url", "foo").notes
    #expect(url.contains("It must be like https://breath.example.org"), "\(url)")
  }

  /// A platform that puts the command behind the image's own says the name twice.
  @Test func `its own name in front of a command means nothing`() throws {
    let tool = try Tool()
    #expect(try tool("breath", "capacity").output == tool("capacity").output)
    #expect(try tool("breath", "impor").notes.contains("did you mean 'import'?"))
  }

  @Test func `the version is a number and the same as the list of changes has`() throws {
    let version = try Tool()("--version")
    let number = try #require(version.output.wholeMatch(of: /breath (\d+\.\d+\.\d+)\n/)?.1)
    #expect(try Repository.text("CHANGELOG.md").contains("## \(number)"))
  }

  @Test func `a file that is no export says so in words, and an export of the server's says what to do`() throws {
    let tool = try Tool()
    let damaged = try tool("import", try tool.file("a.json", "{]"))
    #expect(damaged.notes.contains("is not JSON (something unexpected at byte 1)"), "\(damaged.notes)")
    let own = try tool("import", try tool.file("b.json", #"{"records": {"sessions": []}}"#))
    #expect(own.notes.contains("breath export --shape extension"), "\(own.notes)")
  }

  @Test func `a server that cannot listen says why and what to do`() throws {
    let tool = try Tool()
    let elsewhere = try tool("serve", "--host", "192.0.2.1", "--port", "0", "--no-maintenance")
    #expect(elsewhere.status != 0 && elsewhere.notes.contains("192.0.2.1 is no address of this machine"))
    let unknown = try tool("serve", "--host", "nowhere.invalid", "--port", "0", "--no-maintenance")
    #expect(unknown.status != 0 && unknown.notes.contains("nowhere.invalid"), "\(unknown.notes)")
    for result in [elsewhere, unknown] {
      #expect(!result.notes.contains("errno") && result.notes.split(separator: "\n").count == 1, "\(result.notes)")
    }
  }

  @Test func `a server that is not there is unavailable`() throws {
    let tool = try Tool()
    let file = try tool.file("export.json", Exports.made(sessions: 1))
    let result = try tool("import", file, "--time-zone", "UTC", "--url", "http://127.0.0.1:1")
    expect(result, endsWith: 69)
    #expect(result.notes.contains("cannot be reached"))
  }

  @Test func `a refusal shows the server's words and code`() throws {
    let tool = try Tool()
    let file = try tool.file("export.json", Exports.made(sessions: 1))
    try withServer { url in
      let zone = try tool("import", file, "--time-zone", "Mars/Olympus", "--url", url)
      expect(zone, endsWith: 65)
      #expect(zone.notes.contains("knows no time zone Mars/Olympus"))
      let code = try tool("import", file, "--time-zone", "UTC", "--url", url, "--pair", "BM-222222-222222")
      expect(code, endsWith: 77)
      #expect(code.notes.contains("404 pairing_code_invalid"))
    }
  }

  @Test func `a busy server gets the time it asks for, three times`() throws {
    let tool = try Tool()
    let file = try tool.file("export.json", Exports.made(sessions: 1))
    let busy = """
      {"statusCode":429,"headers":{"Content-Type":"application/problem+json","Retry-After":"1"},\
      "body":{"code":"too_many_requests","detail":"Too many requests."}}
      """
    let script = """
      #!/bin/bash
      printf '{"ok":true}\\n' >&3
      while read -r line; do
        printf 'XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX\\n' | tee /dev/stderr
        printf '%s\\n' '\(busy)' >&3
      done
      """
    for name in FunctionName.onTheWeb.map(\.rawValue) {
      let path = try tool.file(name, script)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }
    try withServer(functions: tool.home) { url in
      let result = try tool("import", file, "--time-zone", "UTC", "--url", url)
      let lines = result.notes.split(separator: "\n")
      #expect(result.status == 77 && lines.count == 4)
      #expect(lines[2] == "Too many requests. (429 too_many_requests) Trying again in 1 s (3 of 3).")
      #expect(lines[3] == "breath: Too many requests. (429 too_many_requests)")
    }
  }

  private func expect(_ result: Command, endsWith status: Int32) {
    #expect(result.status == status, "\(result.notes)")
    #expect(
      result.output.isEmpty && result.notes.hasPrefix("breath: ") && result.notes.split(separator: "\n").count == 1)
  }
}
