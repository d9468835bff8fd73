import Foundation
import FunctionRuntime
import Postgres
import StrictJSON
import TestSupport
import Testing

/// Somebody with an address, a password, and a device whose account has both.
struct Person: Sendable {
  let email: String
  let password: String
  let device: Device

  /// At a domain of its own: mails to one domain have a limit.
  static func newEmail() -> String { "G.\(Device.newID().prefix(13))@D\(Device.newID().prefix(8)).Example.org" }

  init(email: String = newEmail(), password: String = "tidal breathing") throws {
    (self.email, self.password) = (email, password)
    device = try Device()
    let reply = try device.register(email, password)
    try #require(reply.status == 202, "\(reply.line)")
    let confirmed = try device.confirm(try device.mailedToken())
    try #require(confirmed.status == 200, "\(confirmed.line)")
  }

  func login(
    password: String? = nil, id: String = Device.newID(), secret: String = Device.newSecret()
  ) throws -> Reply { try Fleet.call(.auth, Person.login(email, password ?? self.password, id: id, secret: secret)) }

  /// Signed in on another machine.
  func secondDevice() throws -> Device {
    let (id, secret) = (Device.newID(), Device.newSecret())
    let reply = try login(id: id, secret: secret)
    try #require(reply.status == 200, "\(reply.line)")
    return try Device(id: id, secret: secret, reply)
  }

  func recoveryCodes() throws -> [String] {
    let reply = try device.call(.auth, "POST", "/recovery-codes", json: ["password": .string(password)])
    return try reply.items("codes").map { try #require($0.string) }
  }

  /// Takes a lock away, as time does.
  func waitOutLock() throws {
    _ = try Superuser.rows(
      """
      UPDATE breath.login_attempts SET locked_until = now() - interval '1 second'
      WHERE subject = (SELECT email_index FROM breath.login_addresses WHERE account_id = \(try device.accountID))
      """)
  }

  static func login(
    _ email: String, _ password: String, id: String = Device.newID(), secret: String = Device.newSecret()
  ) -> Event { event(["email": .string(email), "password": .string(password)], id, secret) }

  /// With a second factor: `{"totp"}` or `{"recoveryCode"}`.
  func login(
    password: String? = nil, with code: JSON, id: String = Device.newID(), secret: String = Device.newSecret()
  ) throws -> Reply { try Fleet.call(.auth, event(password: password, with: code, id: id, secret: secret)) }

  func event(
    password: String? = nil, with code: JSON, id: String = Device.newID(), secret: String = Device.newSecret()
  ) -> Event {
    var credentials = code.object ?? JSONObject()
    credentials["email"] = .string(email)
    credentials["password"] = .string(password ?? self.password)
    return Person.event(.object(credentials), id, secret)
  }

  static func login(
    _ email: String, recoveryCode: String, id: String = Device.newID(), secret: String = Device.newSecret()
  ) -> Event { event(["email": .string(email), "recoveryCode": .string(recoveryCode)], id, secret) }

  private static func event(_ credentials: JSON, _ id: String, _ secret: String) -> Event {
    var body = credentials.object ?? JSONObject()
    body["device"] = ["id": .string(id), "name": "tower", "timeZone": "UTC"]
    body["secret"] = .string(secret)
    return Event("POST", "/login", json: .object(body))
  }
}

extension Device {
  func call(_ function: FunctionName, _ method: String, _ path: String, json: JSON) throws -> Reply {
    try call(function, method, path, headers: ["content-type": "application/json"], body: json.text)
  }

  func register(_ email: String, _ password: String) throws -> Reply {
    try call(
      .auth, "POST", "/register",
      json: ["email": .string(email), "password": .string(password), "secret": .string(secret)])
  }

  func confirm(_ token: String) throws -> Reply {
    try call(.auth, "POST", "/register/confirm", json: ["token": .string(token)])
  }

  func mailedToken() throws -> String { try #require(Mail.last(of: accountID).token) }
}

extension Reply {
  /// All that a caller can compare: status, headers and body, but for what differs with every request.
  var comparable: String {
    let headers = (json["headers"]?.object?.members ?? []).filter {
      !["x-request-id", "traceparent", "server-timing", "ratelimit"].contains($0.key.lowercased())
    }
    var body = self.body.object ?? JSONObject()
    body["instance"] = nil
    return "\(status ?? 0) \(JSON.object(JSONObject(headers)).text) \(JSON.object(body).text)"
  }
}
