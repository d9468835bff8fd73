import Foundation
import StrictJSON
import TestSupport
import Testing

/// `breath approve`: a program that shows a code is let in from a machine that is signed in.
@Suite struct ApproveTests {
  /// As an editor asks (RFC 8628).
  private func ask(_ url: String) throws -> JSON {
    let form = ["-d", "client_id=vscode", "-d", "device_name=remote box"]
    let curl = try Command("curl", ["-s"] + form + ["\(url)/v1/auth/device"])
    return try JSON(parsing: curl.output, limits: .trusted)
  }

  @Test(arguments: [("--yes", "It is let in"), ("--deny", "It is turned away")])
  func `whoever asks is shown before it is decided`(answer: (option: String, outcome: String)) throws {
    let tool = try Tool()
    let file = try tool.file("export.json", Exports.made(sessions: 1))
    try withServer(environment: ["BREATH_PUBLIC_URL": "http://127.0.0.1:8787"]) { url in
      _ = try tool("import", file, "--time-zone", "UTC", "--url", url)
      let grant = try ask(url)
      #expect(grant["verification_uri"] == "http://127.0.0.1:8787/connect", "\(grant)")
      let code = try #require(grant["user_code"]?.string)
      let unsure = try tool("approve", code, "--url", url)
      #expect(unsure.status == 64 && unsure.notes.contains("\"remote box\" (vscode) asks to join your account"))
      let decided = try tool("approve", code, answer.option, "--url", url)
      #expect(decided.output.contains(answer.outcome), "\(decided.notes)")
      #expect(try tool("approve", "WRNG-CODE", "--yes", "--url", url).status == 77)
    }
  }
}
