import Foundation
import FunctionRuntime
import Postgres
import StrictJSON
import TestSupport
import Testing

/// An editor or a terminal is let in by a device that is signed in already (RFC 8628).
@Suite struct DeviceGrantTests {
  static let grantType = "urn:ietf:params:oauth:grant-type:device_code"

  /// What the asking device was answered.
  struct Asked {
    let deviceCode, userCode, device: String

    init(_ parameters: [String: String] = ["client_id": "vscode"], network: String = "203.0.113.7") throws {
      let form = parameters.map { "\($0)=\($1)" }.joined(separator: "&")
      let reply = try Fleet.call(
        .auth,
        Event(
          "POST", "/device",
          headers: ["content-type": "application/x-www-form-urlencoded", "x-forwarded-for": network], body: form))
      try #require(reply.status == 200, "\(reply.line)")
      deviceCode = try reply.text("device_code")
      userCode = try reply.text("user_code")
      device = try reply.text("device")
      #expect(reply["expires_in"] == 600 && reply["interval"] == 5)
      #expect(reply["verification_uri"] == "https://api.example/connect" && reply["verification_uri_complete"] == nil)
    }

    var event: Event {
      Event(
        "POST", "/token", headers: ["content-type": "application/x-www-form-urlencoded"],
        body: "grant_type=\(DeviceGrantTests.grantType)&device_code=\(deviceCode)&client_id=vscode")
    }

    func poll() throws -> Reply { try Fleet.call(.auth, event) }

    /// As if so much time had passed.
    func wait(_ seconds: Int32) throws {
      _ = try Superuser.rows(
        """
        UPDATE breath.device_grants SET polled_at = polled_at - \(seconds) * interval '1 second',
          expires_at = expires_at - \(seconds) * interval '1 second'
        WHERE device_id = \(UUID(uuidString: device) ?? UUID())
        """)
    }
  }

  /// So that wrong tries of one test lock out no other.
  private static func anyNetwork() -> String { "10.\(Int.random(in: 0...255)).\(Int.random(in: 0...255)).9" }

  private func decide(
    _ code: String, _ decision: String = "approve", by device: Device, from network: String = anyNetwork()
  ) throws -> Reply {
    try call("approve", ["userCode": .string(code), "decision": .string(decision)], by: device, from: network)
  }

  private func call(_ path: String, _ body: JSON, by device: Device, from network: String = anyNetwork()) throws
    -> Reply
  {
    try device.call(
      .auth, "POST", "/device/\(path)", headers: ["content-type": "application/json", "x-forwarded-for": network],
      body: body.text)
  }

  @Test func `a person types the code on a device that is signed in, and the other one is let in`() throws {
    let approver = try Device()
    _ = try approver.sync(Practice.push(Practice.sessions(["a"])))
    let asked = try Asked()
    #expect(asked.userCode.wholeMatch(of: /[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}/) != nil)
    #expect(try asked.poll().outcome == "400 authorization_pending")
    #expect(try decide(asked.userCode.lowercased().replacing("-", with: " "), by: approver)["decision"] == "approve")
    #expect(try decide(asked.userCode, by: approver).status == 200, "again, for a lost reply")
    let granted = try asked.poll()
    #expect(granted.status == 200 && granted["token_type"] == "Bearer" && granted["expires_in"] == 900)
    #expect(granted["account"] == .string(approver.account) && granted["device"] == .string(asked.device))
    #expect(granted["access_token"] == granted["accessToken"] && granted["refresh_token"] == granted["refreshToken"])
    let joined = try Device(id: asked.device, secret: "", granted)
    #expect(try joined.sync([:]).items("changes.sessions").count == 1)
    #expect(try joined.refreshed().sync([:]).status == 200)
    #expect(try approver.sync([:])["changes.devices.0.name"] == "vscode")
    #expect(try asked.poll().outcome == "400 invalid_grant", "a device code works once")
    #expect(try decide(asked.userCode, by: approver).outcome == "404 user_code_invalid")
  }

  @Test func `who asks too early is told to slow down, by five seconds more each time`() throws {
    let asked = try Asked()
    #expect(try asked.poll().outcome == "400 authorization_pending")
    #expect(try asked.poll().outcome == "400 slow_down")
    try asked.wait(6)
    #expect(try asked.poll().outcome == "400 slow_down", "six seconds were enough before")
    try asked.wait(16)
    #expect(try asked.poll().outcome == "400 authorization_pending")
  }

  @Test func `a code ends after ten minutes, for both sides`() throws {
    let approver = try Device()
    let asked = try Asked()
    try asked.wait(601)
    #expect(try asked.poll().outcome == "400 expired_token")
    #expect(try decide(asked.userCode, by: approver).outcome == "404 user_code_invalid")
    let approved = try Asked()
    _ = try decide(approved.userCode, by: approver)
    try approved.wait(601)
    #expect(try approved.poll().outcome == "400 expired_token")
  }

  @Test func `who is denied stays out, whoever approves after that`() throws {
    let approver = try Device()
    let asked = try Asked()
    #expect(try decide(asked.userCode, "deny", by: approver).status == 200)
    #expect(try decide(asked.userCode, by: Device()).outcome == "404 user_code_invalid")
    #expect(try decide(asked.userCode, by: approver).outcome == "404 user_code_invalid")
    #expect(try asked.poll().outcome == "400 access_denied")
    #expect(try approver.sync([:]).items("changes.devices") == [])
  }

  @Test func `a person sees who asks, from where and when, before deciding`() throws {
    let approver = try Device()
    let asked = try Asked(["client_id": "vscode", "device_name": "remote+box"])
    let reply = try call("preview", ["userCode": .string(asked.userCode)], by: approver)
    #expect(reply["client"] == "vscode" && reply["device.name"] == "remote box")
    #expect(reply["network"] == "203.0.113.0/24" && reply["isYourNetwork"] == false)
    #expect(try reply.text("askedAt") < reply.text("expiresAt"))
    let near = try call("preview", ["userCode": .string(asked.userCode)], by: approver, from: "203.0.113.99")
    #expect(near["isYourNetwork"] == true)
    #expect(try asked.poll().outcome == "400 authorization_pending", "looking decides nothing")
  }

  @Test func `a device may bring its own id and secret, and signs in by itself from then on`() throws {
    let approver = try Device()
    let (id, secret) = (Device.newID(), Device.newSecret())
    let asked = try Asked(["device_id": id, "device_secret": secret, "time_zone": "Europe/Berlin"])
    #expect(asked.device == id)
    _ = try decide(asked.userCode, by: approver)
    #expect(try asked.poll().status == 200)
    let again = try Fleet.call(.auth, Device.enrolment(id: id, secret: secret))
    #expect(again.status == 200 && again["account"] == .string(approver.account))
  }

  @Test func `a device with an account of its own is sent to pairing`() throws {
    let (approver, other) = (try Device(), try Device())
    let asked = try Asked(["device_id": other.id, "device_secret": other.secret])
    #expect(try decide(asked.userCode, by: approver).outcome == "409 device_has_account")
    let taken = Event(
      "POST", "/device", json: ["device_id": .string(other.id), "device_secret": .string(Device.newSecret())])
    #expect(try Fleet.call(.auth, taken).outcome == "409 device_exists")
    #expect(try other.sync([:]).status == 200)
  }

  @Test func `five wrong codes lock a network and an account for ten minutes, also for the right one`() throws {
    let approver = try Device()
    let network = DeviceGrantTests.anyNetwork()
    let asked = try Asked()
    for _ in 0..<5 { #expect(try decide("BBBB-BBBB", by: Device(), from: network).outcome == "404 user_code_invalid") }
    let locked = try decide(asked.userCode, by: approver, from: network)
    #expect(locked.outcome == "429 too_many_requests")
    let wait = try #require(locked.header("retry-after").flatMap { Int($0) })
    #expect((590...600).contains(wait))
    for _ in 0..<5 {
      #expect(try call("preview", ["userCode": "BBBB-BBBB"], by: approver).outcome == "404 user_code_invalid")
    }
    #expect(try decide(asked.userCode, by: approver).outcome == "429 too_many_requests", "from any network")
    #expect(try decide(asked.userCode, by: Device()).status == 200)
    _ = try Superuser.rows(
      "UPDATE breath.wrong_codes SET since = since - interval '10 minutes' WHERE tries BETWEEN 5 AND 20")
    #expect(try decide(Asked().userCode, by: approver, from: network).status == 200)
  }

  @Test func `tries at once count as well as one after the other, and so do all together`() throws {
    let subject = Array("\(UUID())\(UUID())".utf8.prefix(32))
    let waits = try (0..<5).map { _ -> Int64? in
      try Superuser.rows("SELECT breath.count_code_try(ARRAY[\(subject)], ARRAY[3]) AS wait")[0]["wait"]
    }
    #expect(waits.map { $0 == nil } == [true, true, true, false, false])
  }

  @Test func `what was approved counts no more when the approver was signed out since`() throws {
    let approver = try Device()
    let asked = try Asked()
    _ = try decide(asked.userCode, by: approver)
    _ = try Superuser.rows("UPDATE breath.devices SET revoked_at = now() WHERE account_id = \(approver.accountID)")
    #expect(try asked.poll().outcome == "400 access_denied")
  }

  @Test func `what was approved before a merge leads to the account that is now`() throws {
    let (approver, target) = (try Device(), try Device())
    let asked = try Asked()
    _ = try decide(asked.userCode, by: approver)
    _ = try approver.merged(into: target)
    #expect(try asked.poll()["account"] == .string(target.account))
  }

  @Test func `neither code is stored as it is`() throws {
    let asked = try Asked()
    let rows = try Superuser.text(
      "SELECT string_agg(to_jsonb(g)::text, ' ') AS value FROM breath.device_grants g")
    #expect(!rows.contains(asked.userCode) && !rows.contains(asked.deviceCode))
    #expect(rows.contains(asked.device))
  }

  @Test func `of fifty polls of one approved code exactly one is granted`() throws {
    let processes = try (0..<10).map { _ in try Executable(.auth) }
    for round in 0..<RedeemRaceTests.rounds {
      let approver = try Device()
      let asked = try Asked()
      _ = try decide(asked.userCode, by: approver)
      for index in 0..<50 { try processes[index % 10].send(asked.event.line) }
      let outcomes = try (0..<50).map { try processes[$0 % 10].reply().outcome }
      #expect(outcomes.count { $0 == "200" } == 1, "round \(round)")
      #expect(outcomes.count { $0 == "400 invalid_grant" } == 49, "round \(round): \(Set(outcomes))")
    }
  }

  @Test(
    arguments: [
      (["device_id": "x", "device_secret": "y"], "400 invalid_request"), (["device_id": "x"], "400 invalid_request"),
      (["device_name": "a\nb"], "400 invalid_request"),
    ] as [(JSON, String)])
  func `a wrong request is refused`(body: JSON, outcome: String) throws {
    #expect(try Fleet.call(.auth, Event("POST", "/device", json: body)).outcome == outcome)
  }

  @Test(arguments: ["Etc/Unknown", "Mars", "FOO3", "+05:60"])
  func `a zone that means nothing is left aside`(zone: String) throws {
    let reply = try Fleet.call(.auth, Event("POST", "/device", json: ["time_zone": .string(zone)]))
    #expect(reply.status == 200 && reply["user_code"] != nil)
  }

  @Test(arguments: ["x", "bm_d_AAAA"]) func `what is no device code of ours is refused`(code: String) throws {
    let body: JSON = ["grant_type": .string(DeviceGrantTests.grantType), "device_code": .string(code)]
    #expect(try Fleet.call(.auth, Event("POST", "/token", json: body)).outcome == "400 invalid_grant")
  }

  @Test func `deciding needs a token, and a decision`() throws {
    let code: JSON = ["userCode": "BBBB-BBBB", "decision": "approve"]
    for path in ["approve", "preview"] {
      #expect(try Fleet.call(.auth, Event("POST", "/device/\(path)", json: code)).outcome == "401 unauthenticated")
    }
    let device = try Device()
    #expect(try decide("BBBB-BBBB", "maybe", by: device)["errors.0.pointer"] == "/decision")
    #expect(try decide("BBBB-BBB", by: device)["errors.0.pointer"] == "/userCode")
  }

  @Test func `where no public address is set up, nothing is begun and nothing is promised`() throws {
    let process = try Executable(.auth, ["BREATH_PUBLIC_URL": ""])
    for event in [Event("POST", "/device", json: [:]), Event("GET", "/.well-known/oauth-authorization-server")] {
      #expect(try process.answer(event).outcome == "404 not_set_up")
    }
  }

  @Test func `the metadata names every endpoint as it is`() throws {
    let reply = try Fleet.call(.auth, Event("GET", "/.well-known/oauth-authorization-server"))
    #expect(reply["issuer"] == "breath-master-sync" && reply["token_endpoint"] == "https://api.example/v1/auth/token")
    #expect(reply["device_authorization_endpoint"] == "https://api.example/v1/auth/device")
    #expect(try reply.items("grant_types_supported").contains(.string(DeviceGrantTests.grantType)))
    #expect(reply.header("cache-control") == "public, max-age=3600")
  }
}
