import FunctionRuntime
import StrictJSON
import Testing

/// An import takes a file that a person has, and goes by what the file is.
@Suite struct ImportTypeTests {
  private func send(_ type: String?, _ text: String) throws -> Reply {
    let headers = type.map { ["content-type": $0] } ?? [:]
    return try Device().call(.sync, "POST", "/import", headers: headers, body: text)
  }

  @Test(arguments: [
    "application/x-www-form-urlencoded", "text/plain", "text/plain; charset=utf-8", "application/octet-stream",
    "application/json; charset=utf-8", "text/json", nil,
  ])
  func `whatever a program calls the file, it is imported`(type: String?) throws {
    let export = RecordedExport.all[0]
    let reply = try send(type, export.text)
    #expect(reply.status == 200, "\(reply.line.prefix(400))")
    #expect(reply["progress.totalXP"] == .integer(export.totalXP))
  }

  @Test func `the parts of a form are refused, with what to do`() throws {
    let reply = try send("multipart/form-data; boundary=x", "--x\r\n\r\n{}\r\n--x--")
    #expect(reply.outcome == "415 unsupported_media_type")
    #expect(try reply.text("detail").contains("--data-binary"))
  }

  @Test func `what is no JSON is still none`() throws {
    #expect(try send("application/x-www-form-urlencoded", "a=b").outcome == "400 invalid_json")
  }

  @Test func `other routes take JSON by its name alone`() throws {
    let reply = try Device().call(
      .sync, "POST", "", headers: ["content-type": "application/x-www-form-urlencoded"], body: "{}")
    #expect(reply.outcome == "415 unsupported_media_type")
  }
}
