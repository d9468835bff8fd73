import Foundation
import FunctionRuntime
import Postgres
import StrictJSON
import TestSupport
import Testing

/// `/v1/auth/consents`: each choice with its time, its device and its text.
@Suite struct ConsentTests {
  private func choose(_ device: Device, _ subject: String, _ choice: String, text: String = "2026-11-24") throws
    -> Reply
  {
    try device.call(
      .auth, "POST", "/consents",
      json: ["subject": .string(subject), "choice": .string(choice), "textVersion": .string(text)])
  }

  private func history(_ reply: Reply) throws -> [String] {
    try reply.items("history").map {
      "\($0["subject"]?.string ?? "") \($0["choice"]?.string ?? "") \($0["textVersion"]?.string ?? "-")"
    }
  }

  @Test func `at first nothing is agreed to but the least`() throws {
    let reply = try Device(shares: false).call(.auth, "GET", "/consents")
    #expect(reply.status == 200 && reply["detail"] == "days" && reply["social"] == false)
    #expect(try reply.items("history").isEmpty)
  }

  @Test func `social consent is given and taken back, and each is remembered with its device and text`() throws {
    let device = try Device(shares: false)
    let second = try device.paired()
    let given = try choose(device, "social", "granted")
    #expect(given.status == 200 && given["social"] == true && given["detail"] == "days")
    #expect(try choose(second, "social", "withdrawn", text: "v2")["social"] == false)
    let reply = try device.call(.auth, "GET", "/consents")
    #expect(reply["social"] == false)
    #expect(try history(reply) == ["social withdrawn v2", "social granted 2026-11-24"])
    #expect(try reply.items("history").map { $0["device"]?.string } == [second.id, device.id])
    #expect(try reply.text("history.0.at").wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
  }

  @Test func `the same choice of the same text is no news, of another text it is`() throws {
    let device = try Device(shares: false)
    for _ in 0..<3 { _ = try choose(device, "social", "granted") }
    for _ in 0..<2 { _ = try choose(device, "detail", "days") }
    #expect(try history(choose(device, "detail", "days", text: "v2")).count == 3)
    #expect(try history(choose(device, "social", "granted", text: "v2")).first == "social granted v2")
  }

  @Test func `a choice of detail does what the sync's own call does`() throws {
    let (here, there) = (try Device(), try Device())
    for device in [here, there] {
      _ = try device.sync(Practice.push(Practice.sessions(["a", "b"]), ["detail": "sessions"]))
    }
    let reply = try choose(here, "detail", "days")
    let own = try there.call(
      .sync, "PUT", "/detail", headers: ["content-type": "application/json"], body: #"{"detail":"days"}"#)
    #expect(reply.status == 200 && reply["detail"] == "days")
    #expect(reply["removedSessions"] == 2 && reply["removedSessions"] == own["removedSessions"])
    #expect(reply["keptDays"] == own["keptDays"])
    #expect(try history(reply) == ["detail days 2026-11-24", "detail sessions -"])
    for device in [here, there] {
      let after = try device.sync([:])
      #expect(after["detail"] == "days" && after["progress.sessions"] == 2)
      #expect(try after.text("digest") == ClientDigest(everythingOf: device).text)
    }
    #expect(try choose(here, "detail", "sessions")["detail"] == "sessions")
    #expect(try here.sync(Practice.push([Practice.session("c")]))["accepted.stored"] == 1)
  }

  @Test(
    arguments: [
      (["subject": "advertising", "choice": "granted", "textVersion": "1"], "/subject"),
      (["subject": "social", "choice": "sessions", "textVersion": "1"], "/choice"),
      (["subject": "detail", "choice": "all", "textVersion": "1"], "/choice"),
      (["subject": "social", "choice": "granted"], "/textVersion"),
      (["subject": "social", "choice": "granted", "textVersion": "a b"], "/textVersion"), ([1], ""),
    ] as [(JSON, String)])
  func `what is wrong is named by its place`(body: JSON, pointer: String) throws {
    let reply = try Device().call(.auth, "POST", "/consents", json: body)
    #expect(reply.outcome == "422 invalid_content" && reply["errors.0.pointer"] == .string(pointer))
  }

  @Test func `nobody's choices are seen or made by others`() throws {
    let (device, stranger) = (try Device(shares: false), try Device(shares: false))
    _ = try choose(device, "social", "granted")
    #expect(try stranger.call(.auth, "GET", "/consents").items("history").isEmpty)
    #expect(try stranger.call(.auth, "GET", "/consents")["social"] == false)
  }
}
