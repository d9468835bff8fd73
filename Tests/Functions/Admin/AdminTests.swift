import Foundation
import FunctionRuntime
import Postgres
import StrictJSON
import TestSupport
import Testing

/// An administrator: made by the operator, signed in with both factors, and by nothing less (decision 17).
@Suite struct AdminTests {
  @Test func `a sign-in with password and second factor is an administrator's, and stays so when it refreshes`() throws
  {
    let person = try Person()
    let phone = try person.turnOnSecondFactor()
    try person.makeAdmin()
    let (id, secret) = (Device.newID(), Device.newSecret())
    let reply = try person.login(with: phone.totp(after: 1), id: id, secret: secret)
    #expect(reply.status == 200 && reply["role"] == "admin" && reply["notice"] == nil)
    let device = try Device(id: id, secret: secret, reply)
    for device in [device, try device.refreshed()] {
      let session = try device.adminSession()
      #expect(try device.role == "admin" && session.status == 200 && session["role"] == "admin")
      #expect(session["since"]?.string?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
      #expect(session.header("ratelimit")?.hasPrefix("\"device\";r=") == true)
      #expect(try device.sync([:]).status == 200, "and a person's")
    }
  }

  @Test func `a recovery code stands in for the phone`() throws {
    let person = try Person()
    let codes = try person.recoveryCodes()
    _ = try person.turnOnSecondFactor()
    try person.makeAdmin()
    let device = try person.signedIn(with: ["recoveryCode": .string(codes[0])])
    #expect(try device.role == "admin" && device.adminSession().status == 200)
  }

  @Test func `without a second factor an administrator signs in as anybody, and is told what to do`() throws {
    let person = try Person()
    let codes = try person.recoveryCodes()
    try person.makeAdmin()
    let (id, secret) = (Device.newID(), Device.newSecret())
    for reply in [
      try person.login(id: id, secret: secret),
      try Fleet.call(.auth, Person.login(person.email, recoveryCode: codes[0], id: id, secret: secret)),
    ] {
      #expect(reply["notice.code"] == "admin_needs_second_factor" && reply["role"] == nil)
      #expect(try reply.text("notice.detail").contains("POST /v1/auth/totp"))
      let device = try Device(id: id, secret: secret, reply)
      #expect(try device.role == "person" && device.adminSession().outcome == "403 admin_required")
    }
    #expect(try Person().login()["notice"] == nil, "nobody else is told")
  }

  @Test func `a second factor makes nobody an administrator`() throws {
    let person = try Person()
    let phone = try person.turnOnSecondFactor()
    let (id, secret) = (Device.newID(), Device.newSecret())
    let reply = try person.login(with: phone.totp(after: 1), id: id, secret: secret)
    let device = try Device(id: id, secret: secret, reply)
    #expect(try reply["role"] == nil && reply["notice"] == nil && device.role == "person")
    #expect(try device.adminSession().outcome == "403 admin_required")
  }

  @Test func `no other way in is an administrator's`() throws {
    let person = try Person()
    let codes = try person.recoveryCodes()
    let phone = try person.turnOnSecondFactor()
    let earlier = try person.signedIn(with: phone.totp(after: 1))
    try person.makeAdmin()
    let admin = try person.signedIn(with: ["recoveryCode": .string(codes[0])])

    let bySecret = try Fleet.call(.auth, Device.enrolment(id: admin.id, secret: admin.secret))
    let asked = try DeviceGrantTests.Asked()
    let approval: JSON = ["userCode": .string(asked.userCode), "decision": "approve"]
    try #require(try admin.call(.auth, "POST", "/device/approve", json: approval).status == 200)
    let others = [
      "its own secret": try Device(id: admin.id, secret: admin.secret, bySecret),
      "a sign-in from before": try earlier.refreshed(),
      "the machine that was there first": try person.device.refreshed(),
      "a pairing code": try admin.paired(),
      "a device grant": try Device(id: asked.device, secret: "", asked.poll()),
      "GitHub": try throughGitHub(admin),
    ]
    for (way, device) in others {
      #expect(try device.account == person.device.account && device.role == "person", "\(way)")
      #expect(try device.adminSession().outcome == "403 admin_required", "\(way)")
      #expect(try device.refreshed().role == "person", "\(way), refreshed")
    }
    #expect(try admin.refreshed().adminSession().status == 200, "which is still one")
  }

  private func throughGitHub(_ device: Device) throws -> Device {
    let gitHub = try GitHubStandIn()
    func call(_ path: String, _ more: [(key: String, value: JSON)]) throws -> Reply {
      let own: [(key: String, value: JSON)] = [
        ("device", ["id": .string(device.id)]), ("secret", .string(device.secret)),
      ]
      let event = Event("POST", path, json: .object(JSONObject(own + more)))
      return try Fleet.call(.auth, event, in: gitHub.environment)
    }
    let begun = try call("/github", [("redirectUri", .string(GitHubStandIn.redirectURI))])
    let url = try begun.text("authorizeUrl") + "&login=u\(Int.random(in: 1000...Int.max / 2))"
    let brought = try GitHubStandIn.visit(url)
    let reply = try call(
      "/github/callback", [("code", .string(brought["code"] ?? "")), ("state", .string(brought["state"] ?? ""))])
    return try Device(id: device.id, secret: device.secret, reply)
  }

  @Test func `who is removed is none with the next request, and coming back takes a new sign-in`() throws {
    let admin = try Person.admin()
    #expect(try Person.admins("remove", admin.account).output.contains("is no longer an administrator"))
    #expect(try admin.adminSession().outcome == "403 admin_required", "whatever the token says")
    #expect(try admin.refreshed().role == "person")
    #expect(try Person.admins("add", admin.account).status == 0)
    #expect(try admin.refreshed().adminSession().outcome == "403 admin_required")
  }

  @Test func `turning the second factor off ends it, and another phone takes a new sign-in`() throws {
    let person = try Person()
    let codes = try person.recoveryCodes()
    let phone = try person.turnOnSecondFactor()
    try person.makeAdmin()
    let admin = try person.signedIn(with: phone.totp(after: 1))
    try #require(try person.turnOffSecondFactor(["recoveryCode": .string(codes[0])]).status == 204)
    #expect(try admin.adminSession().outcome == "403 admin_required")
    #expect(try admin.refreshed().role == "person")
    _ = try person.turnOnSecondFactor()
    #expect(try admin.refreshed().role == "person")
  }

  @Test func `it lasts eight hours`() throws {
    let admin = try Person.admin()
    let account = try admin.accountID
    func age(_ time: String) throws {
      _ = try Superuser.rows(
        """
        UPDATE breath.admins SET added_at = now() - interval '2 days' WHERE account_id = \(account)
        """)
      _ = try Superuser.rows(
        """
        UPDATE breath.second_factors SET confirmed_at = now() - interval '2 days' WHERE account_id = \(account)
        """)
      _ = try Superuser.rows(
        """
        UPDATE breath.refresh_sessions SET second_factor_at = now() - \(time)::interval
        WHERE account_id = \(account) AND second_factor_at IS NOT NULL
        """)
    }
    try age("7:59")
    #expect(try admin.refreshed().role == "admin")
    try age("8:00")
    #expect(try admin.refreshed().role == "person")
  }

  @Test func `a token that says so is not enough, and one that says something else is none`() throws {
    let device = try Device()
    func session(_ role: JSON, tenant: String? = nil) throws -> String {
      var claims = TokenClaims(of: device, role: role)
      if let tenant { claims.extra["tid"] = .string(tenant) }
      var event = Event("GET", "/session")
      event.headers["authorization"] = "Bearer \(try claims.token())"
      return try Fleet.call(.admin, event).outcome
    }
    #expect(try session("admin") == "403 admin_required")
    #expect(try session("admin", tenant: Device.newID()) == "401 device_revoked")
    #expect(try session("person") == "403 admin_required")
    for role in ["owner", "Admin", "", 1, nil] as [JSON] { #expect(try session(role) == "401 invalid_token") }
  }

  @Test func `the operator is told what is wrong, and sees who is one`() throws {
    let anonymous = try Device()
    let (unknown, none) = (try Person.admins("add", Device.newID()), try Person.admins("add", anonymous.account))
    #expect(unknown.status != 0 && unknown.output.contains("There is no account"))
    #expect(none.status != 0 && none.output.contains("no address and password"))
    #expect(try Person.admins("add", "x").status == 64 && Breath(["admins", "list"], [:]).status == 64)
    let person = try Person()
    for _ in 0..<2 { try person.makeAdmin() }
    func listed() throws -> [Substring] {
      try Person.admins("list").output.split(separator: "\n").filter { $0.hasPrefix(person.device.account) }
    }
    #expect(try listed().count == 1)
    #expect(try Person.admins("remove", person.device.account.uppercased()).status == 0)
    #expect(try listed().isEmpty)
    #expect(try Person.admins("remove", person.device.account).output.contains("was not an administrator"))
  }

  @Test func `an erased administrator leaves nothing`() throws {
    let person = try Person()
    try person.makeAdmin()
    let reply = try person.device.call(.auth, "DELETE", "/account", json: ["password": .string(person.password)])
    #expect(reply.status == 200)
    #expect(try person.device.rowsLeft() == 0)
    #expect(try !Person.admins("list").output.contains(person.device.account))
  }
}
