import Foundation
import FunctionRuntime
import StrictJSON
import Testing

/// Texts that somebody cut by UTF-16 units in the middle of an emoji, or that have a NUL: JSON by its grammar (RFC 8259,
/// 8.2), so they never refuse what else is in the body.
@Suite struct CutTextTests {
  private static let session =
    #"{"id":"s1","startedAt":"2026-03-03T08:00:00Z","endedAt":"2026-03-03T08:05:00Z","activeMs":300000}"#

  private func sync(_ device: Device, _ body: String) throws -> Reply {
    let reply = try device.call(.sync, "POST", "", headers: ["content-type": "application/json"], body: body)
    try #require(reply.status == 200, "\(reply.line)")
    return reply
  }

  private func setting(_ value: String) -> String {
    #"{"module":"breathing","key":"label","value":\#(value),"changedAt":"2026-03-03T08:00:00Z"}"#
  }

  @Test(arguments: [#"\ud83d"#, #"\udc4b"#, #"\ud83d\ud83d"#, #"\uDFFF x"#])
  func `half an emoji in a setting refuses nothing, and is read as a replacement character`(half: String) throws {
    let device = try Device()
    let other = try device.paired()
    let body = """
      {"detail":"sessions","push":{"sessions":[\(Self.session)],"settings":[\(setting("\"evening \(half)\""))]}}
      """
    let reply = try sync(device, body)
    #expect(reply["accepted.stored"] == 2 && reply["verdicts"] == [])
    let pulled = try other.sync([:])
    #expect(try pulled.items("changes.sessions").count == 1)
    #expect(try pulled.text("changes.settings.0.value").hasPrefix("evening \u{FFFD}"))
    #expect(try sync(device, body)["accepted.duplicate"] == 2)
  }

  @Test(arguments: [
    (#""a\u0000b""#, "invalid_text"), (#"["x",{"y":"\u0000"}]"#, "invalid_text"),
    (#"{"a\ud83d":1,"a\ud83e":2}"#, "invalid_text"), (#"{"\u0000":1}"#, "invalid_text"),
  ])
  func `a setting that cannot be kept has its verdict, and the rest is stored`(value: String, code: String) throws {
    let device = try Device()
    let reply = try sync(
      device, #"{"detail":"sessions","push":{"sessions":[\#(Self.session)],"settings":[\#(setting(value))]}}"#)
    #expect(reply["accepted.stored"] == 1 && reply["accepted.rejected"] == 1)
    #expect(reply["verdicts.0.pointer"] == "/push/settings/0" && reply["verdicts.0.code"] == .string(code))
  }

  @Test func `two ids that differ only by the half do not become one`() throws {
    let device = try Device()
    let other = Self.session.replacing("s1", with: #"s\ud83d"#)
    let third = Self.session.replacing("s1", with: #"s\ud83e"#)
    let fourth = Self.session.replacing("s1", with: #"s\u0000"#)
    let reply = try sync(
      device,
      """
      {"detail":"sessions","push":{"sessions":[\(Self.session),\(other),\(third),\(fourth)],
       "deletions":[{"session":"gone"},{"session":"go\\udc00"}]}}
      """)
    #expect(reply["accepted.stored"] == 2 && reply["accepted.rejected"] == 4)
    let verdicts = try reply.items("verdicts")
    #expect(verdicts.allSatisfy { $0["code"] == "invalid_text" && $0["status"] == "rejected" })
    #expect(
      verdicts.map { $0["pointer"]?.string } == [
        "/push/sessions/1", "/push/sessions/2", "/push/sessions/3", "/push/deletions/1",
      ])
    #expect(try device.call(.sync, "GET", "/ledger").items("pushes").count == 1)
    let pulled = try device.paired().sync([:])
    #expect(try pulled.items("changes.sessions").map { $0["id"]?.string } == ["s1"])
  }

  @Test func `an export file with a cut id is imported as far as it goes`() throws {
    let device = try Device()
    let file = """
      {"breathMaster":{"meditation":{"totalXP":7,"lastMeditationDate":"\\ud83d","sessions":[\(Self.session),
       \(Self.session.replacing("s1", with: #"s\ud83d"#))]}}}
      """
    let reply = try device.importFile(file, query: "detail=sessions")
    #expect(reply["accepted.stored"] == 1 && reply["accepted.rejected"] == 1)
    #expect(reply["verdicts.0.code"] == "invalid_text" && reply["progress.totalXP"] == 7)
  }

  @Test(arguments: [(#"laptop \ud83d"#, "laptop \u{FFFD}"), (#"a\u0000b"#, "a\u{FFFD}b")])
  func `a device's name that was cut is mended wherever it is given`(sent: String, name: String) throws {
    func named(_ event: Event) -> Event {
      var event = event
      event.body = event.body.replacing("NAME", with: sent)
      return event
    }
    let (id, secret) = (Device.newID(), Device.newSecret())
    let enrolled = try Fleet.call(.auth, named(Device.enrolment(id: id, secret: secret, name: "NAME")))
    #expect(enrolled.status == 201, "\(enrolled.line)")
    let device = try Device(id: id, secret: secret, enrolled)
    func nameNow() throws -> JSON? { try device.sync(["own": true])["changes.devices.0.name"] }
    #expect(try nameNow() == .string(name))
    _ = try sync(device, #"{"device":{"name":"other"}}"#)
    #expect(try nameNow() == "other")
    _ = try sync(device, #"{"device":{"name":"\#(sent)"},"push":{"sessions":[\#(Self.session)]}}"#)
    #expect(try nameNow() == .string(name))
    let renamed = try device.call(
      .auth, "PATCH", "/devices/\(id)", headers: ["content-type": "application/json"], body: #"{"name":"x\#(sent)"}"#)
    #expect((200...204).contains(renamed.status ?? 0), "\(renamed.line)")
    #expect(try nameNow() == .string("x" + name))
  }

  @Test(arguments: [
    (#"{"push":{"settings":[{"key":"a","key":"b"}]}}"#, "/push/settings/0/key", "duplicate_key"),
    (#"{"push":{"sessions":[{"id":"a"},{"id":nope}]}}"#, "/push/sessions/1/id", "unexpected_byte"),
    (#"{"device":{"name":"a"#, "/device/name", "unexpected_end"),
  ])
  func `what is refused as a whole says where`(body: String, pointer: String, code: String) throws {
    let reply = try Device().call(.sync, "POST", "", headers: ["content-type": "application/json"], body: body)
    #expect(reply.outcome == "400 invalid_json")
    #expect(reply["errors.0.pointer"] == .string(pointer) && reply["errors.0.code"] == .string(code))
  }

  @Test func `a password with half a character is refused by name, not mended`() throws {
    let reply = try Fleet.call(
      .auth,
      Event(
        "POST", "/login", headers: ["content-type": "application/json"],
        body: """
          {"email":"a@example.org","password":"tidal breathing \\ud83d",
           "device":{"id":"\(Device.newID())"},"secret":"\(Device.newSecret())"}
          """))
    #expect(reply.status == 422 || reply.status == 401, "\(reply.line)")
    #expect(reply.status == 401 || reply["errors.0.code"] == "invalid_text")
  }

  @Test func `a file that a person saved with a byte order mark is imported`() throws {
    let device = try Device()
    let file = RecordedExport.all[2]
    let reply = try device.importFile("\u{FEFF}" + file.text, query: "detail=sessions")
    file.expectTotals(reply)
    let sync = try device.call(
      .sync, "POST", "", headers: ["content-type": "application/json"], body: "\u{FEFF}{}")
    #expect(sync.outcome == "400 invalid_json")
  }
}
