import Foundation
import FunctionRuntime
import StrictJSON
import TestSupport
import Testing

/// A device that is signed in, and what it can do.
struct Device: Sendable {
  let id: String
  let secret: String
  let account: String
  let accessToken: String
  let refreshToken: String

  /// One with an anonymous account of its own, so that tests do not meet each other.
  /// - Parameter shares: whether its person chooses to share single sessions, which most tests look at.
  init(timeZone: String = "UTC", name: String = "laptop", shares: Bool = true) throws {
    let (id, secret) = (Device.newID(), Device.newSecret())
    let reply = try Fleet.call(.auth, Device.enrolment(id: id, secret: secret, timeZone: timeZone, name: name))
    try #require(reply.status == 201, "\(reply.line)")
    try self.init(id: id, secret: secret, reply)
    if shares { try choose("sessions") }
  }

  init(id: String, secret: String, _ reply: Reply) throws {
    (self.id, self.secret) = (id, secret)
    account = try reply.text("account")
    accessToken = try reply.text("accessToken")
    refreshToken = try reply.text("refreshToken")
  }

  /// A second device of the same account.
  func paired(timeZone: String = "UTC") throws -> Device {
    let (id, secret) = (Device.newID(), Device.newSecret())
    let reply = try Fleet.call(
      .auth, Device.redemption(code: try pairingCode(), id: id, secret: secret, timeZone: timeZone))
    try #require(reply.status == 201, "\(reply.line)")
    return try Device(id: id, secret: secret, reply)
  }

  /// One that is good anywhere, for it shows the machine's own secret.
  func pairingCode() throws -> String {
    try call(.auth, "POST", "/pairing", json: ["secret": .string(secret)]).text("code")
  }

  static func newID() -> String { UUID().uuidString.lowercased() }
  static func newSecret() -> String { Base64URL.newSecret() }
}

// MARK: - Requests

extension Device {
  static func enrolment(id: String, secret: String, timeZone: String = "UTC", name: String = "laptop") -> Event {
    Event(
      "POST", "/anonymous",
      json: [
        "device": ["id": .string(id), "name": .string(name), "timeZone": .string(timeZone)], "secret": .string(secret),
      ])
  }

  static func redemption(code: String, id: String, secret: String, timeZone: String = "UTC") -> Event {
    Event(
      "POST", "/pairing/redeem",
      json: [
        "code": .string(code), "device": ["id": .string(id), "name": "tower", "timeZone": .string(timeZone)],
        "secret": .string(secret),
      ])
  }

  static func refresh(_ token: String) -> Event {
    Event("POST", "/token", json: ["grant_type": "refresh_token", "refresh_token": .string(token)])
  }

  func event(
    _ method: String, _ path: String, query: String = "", headers: [String: String] = [:], body: String = ""
  ) -> Event {
    let own = ["authorization": "Bearer \(accessToken)"]
    return Event(method, path, query: query, headers: own.merging(headers) { $1 }, body: body)
  }

  func call(
    _ function: FunctionName, _ method: String, _ path: String, query: String = "", headers: [String: String] = [:],
    body: String = ""
  ) throws -> Reply {
    try Fleet.call(function, event(method, path, query: query, headers: headers, body: body))
  }

  func syncEvent(_ body: JSON) -> Event {
    event("POST", "", headers: ["content-type": "application/json"], body: body.text)
  }

  /// `POST /v1/sync`, which must be answered with 200.
  func sync(_ body: JSON) throws -> Reply {
    let reply = try Fleet.call(.sync, syncEvent(body))
    try #require(reply.status == 200, "\(reply.line)")
    return reply
  }

  func importFile(_ text: String, query: String) throws -> Reply {
    let reply = try call(
      .sync, "POST", "/import", query: query, headers: ["content-type": "application/json"], body: text)
    try #require(reply.status == 200, "\(reply.line)")
    return reply
  }

  func stats(_ view: String, query: String = "") throws -> Reply {
    let reply = try call(.stats, "GET", "/\(view)", query: query)
    try #require(reply.status == 200, "\(reply.line)")
    return reply
  }
}

extension Device {
  /// What is shared, as the person says; nothing that a sync says chooses it.
  func choose(_ detail: String) throws {
    let reply = try call(
      .sync, "PUT", "/detail", headers: ["content-type": "application/json"], body: #"{"detail": "\#(detail)"}"#)
    try #require(reply.status == 200, "\(reply.line)")
  }
}
