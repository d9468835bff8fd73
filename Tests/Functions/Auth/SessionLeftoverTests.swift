import Foundation
import FunctionRuntime
import Postgres
import StrictJSON
import Testing

/// What a machine made while it was signed in ends with its session: nobody who was put out comes back by it (decision 33).
@Suite struct SessionLeftoverTests {
  /// How an owner, or the machine itself, ends its session.
  enum End: CaseIterable, Sendable { case signedOut, revoked, othersRevoked, passwordChanged, passwordReset, copyShown }

  /// An owner's machine and somebody else's, both in the owner's account.
  private struct Scene {
    let person: Person
    let intruder: Device
    var owner: Device { person.device }

    init() throws {
      person = try Person()
      intruder = try person.device.paired()
    }

    func end(_ way: End) throws {
      switch way {
      case .signedOut: #expect(try intruder.call(.auth, "POST", "/logout").status == 204)
      case .revoked: #expect(try owner.call(.auth, "DELETE", "/devices/\(intruder.id)").status == 204)
      case .othersRevoked: #expect(try owner.call(.auth, "DELETE", "/devices").status == 200)
      case .passwordChanged: try changePassword()
      case .passwordReset: try resetPassword()
      case .copyShown: try showCopy(of: intruder)
      }
      #expect(try intruder.call(.auth, "GET", "/account").outcome == "401 device_revoked")
    }

    func changePassword() throws {
      let body: JSON = ["current": .string(person.password), "password": "quiet harbour 7"]
      #expect(try owner.call(.auth, "PUT", "/password", json: body).status == 204)
    }

    func resetPassword() throws {
      _ = try Fleet.call(.auth, Event("POST", "/password/reset", json: ["email": .string(person.email)]))
      let body: JSON = ["token": .string(try owner.mailedToken()), "password": "morning tide 3"]
      #expect(try Fleet.call(.auth, Event("POST", "/password/reset/confirm", json: body)).status == 204)
    }

    /// A refresh token two turns old is a copy, and signs its machine out.
    private func showCopy(of device: Device) throws {
      let id = UUID(uuidString: device.id)
      _ = try Superuser.rows("UPDATE breath.refresh_sessions SET counter = counter + 2 WHERE device_id = \(id)")
      #expect(try Fleet.call(.auth, Device.refresh(device.refreshToken)).outcome == "400 invalid_grant")
    }
  }

  private func key(of device: Device, _ scope: String = "stats:read") throws -> String {
    let body: JSON = ["name": "script", "scopes": [.string(scope)], "days": 730, "secret": .string(device.secret)]
    return try device.call(.auth, "POST", "/keys", json: body).text("key")
  }

  private func summary(_ key: String) throws -> String {
    try Fleet.call(.stats, Event("GET", "/summary", headers: ["authorization": "Bearer \(key)"])).outcome
  }

  private func approved(by device: Device) throws -> DeviceGrantTests.Asked {
    let asked = try DeviceGrantTests.Asked()
    let body: JSON = ["userCode": .string(asked.userCode), "decision": "approve"]
    let headers = ["content-type": "application/json", "x-forwarded-for": "203.0.113.7"]
    let reply = try device.call(.auth, "POST", "/device/approve", headers: headers, body: body.text)
    try #require(reply.status == 200, "\(reply.line)")
    return asked
  }

  private func redeem(_ code: String) throws -> String {
    try Fleet.call(.auth, Device.redemption(code: code, id: Device.newID(), secret: Device.newSecret())).outcome
  }

  @Test(arguments: End.allCases) func `a code and an approval are worth what their maker's session is worth`(end: End)
    throws
  {
    let scene = try Scene()
    let code = try scene.intruder.pairingCode()
    let asked = try approved(by: scene.intruder)
    try scene.end(end)
    #expect(try redeem(code) == "404 pairing_code_invalid")
    #expect(try asked.poll().outcome == "400 access_denied")
    #expect(try scene.owner.call(.auth, "GET", "/devices").status == (end == .passwordReset ? 401 : 200))
  }

  @Test func `a code that another machine made stays good, and a used one may be repeated`() throws {
    let scene = try Scene()
    let (code, used) = (try scene.owner.pairingCode(), try scene.intruder.pairingCode())
    let (id, secret) = (Device.newID(), Device.newSecret())
    let winner = Device.redemption(code: used, id: id, secret: secret)
    #expect(try Fleet.call(.auth, winner).status == 201)
    try scene.end(.signedOut)
    #expect(try redeem(code) == "201")
    #expect(try Fleet.call(.auth, winner).status == 201, "its reply may have been lost; it has a secret of its own")
  }

  /// The token that was stolen may be the very one that changes the password.
  @Test func `a changed password ends codes and approvals of all machines, the caller's too`() throws {
    let scene = try Scene()
    let code = try scene.owner.pairingCode()
    let asked = try approved(by: scene.owner)
    try scene.changePassword()
    #expect(try redeem(code) == "404 pairing_code_invalid")
    #expect(try asked.poll().outcome == "400 access_denied")
    #expect(try scene.owner.call(.auth, "GET", "/account").status == 200)
  }

  @Test func `an address that a machine claimed is not confirmed after it was put out`() throws {
    let owner = try Device()
    let intruder = try owner.paired()
    #expect(try intruder.register(Person.newEmail(), "tidal breathing").status == 202)
    let token = try intruder.mailedToken()
    #expect(try owner.call(.auth, "DELETE", "/devices/\(intruder.id)").status == 204)
    #expect(try owner.confirm(token).outcome == "404 token_invalid")
    #expect(try owner.register(Person.newEmail(), "tidal breathing").status == 202)
    let own = try owner.mailedToken()
    #expect(try owner.call(.auth, "POST", "/logout").status == 204)
    let back = try Fleet.call(.auth, Device.enrolment(id: owner.id, secret: owner.secret))
    #expect(try Device(id: owner.id, secret: owner.secret, back).confirm(own).outcome == "404 token_invalid")
  }

  @Test func `a sign-in with a provider that a machine began ends with its session`() throws {
    let gitHub = try GitHubStandIn()
    let scene = try Scene()
    let body: JSON = [
      "device": ["id": .string(scene.intruder.id)], "secret": .string(scene.intruder.secret),
      "redirectUri": .string(GitHubStandIn.redirectURI),
    ]
    let begun = try Fleet.call(.auth, Event("POST", "/github", json: body), in: gitHub.environment)
    let user = "u\(Int.random(in: 1000...99_999_999))"
    let brought = try GitHubStandIn.visit(try begun.text("authorizeUrl") + "&login=\(user)")
    try scene.end(.signedOut)
    let callback: JSON = [
      "device": ["id": .string(scene.intruder.id)], "secret": .string(scene.intruder.secret),
      "code": .string(brought["code"] ?? "none"), "state": .string(brought["state"] ?? "none"),
    ]
    let reply = try Fleet.call(.auth, Event("POST", "/github/callback", json: callback), in: gitHub.environment)
    #expect(reply.outcome == "400 sign_in_invalid")
  }

  @Test func `a second factor that was offered and not confirmed ends with the password`() throws {
    let scene = try Scene()
    let phone = try scene.person.offerSecondFactor()
    try scene.changePassword()
    #expect(try scene.person.confirm(phone.code()).outcome == "403 code_wrong")
  }

  @Test(arguments: [End.revoked, .othersRevoked, .passwordChanged, .passwordReset])
  func `an API key ends with whoever made it, and with the password`(end: End) throws {
    let scene = try Scene()
    let key = try key(of: scene.intruder)
    #expect(try summary(key) == "200")
    try scene.end(end)
    #expect(try summary(key) == "401 invalid_key")
    if end == .passwordReset { return }
    #expect(try scene.owner.call(.auth, "GET", "/keys").items("keys").isEmpty)
  }

  @Test func `a machine that signs itself out keeps its keys, and another's are not touched`() throws {
    let scene = try Scene()
    let (left, own) = (try key(of: scene.intruder), try key(of: scene.owner))
    try scene.end(.signedOut)
    #expect(try summary(left) == "200")
    #expect(try scene.owner.call(.auth, "DELETE", "/devices/\(scene.intruder.id)").status == 204)
    #expect(try summary(left) == "401 invalid_key")
    #expect(try summary(own) == "200")
  }

  @Test func `a key stays behind with nobody when its maker leaves with a merge that is undone`() throws {
    let (owner, other) = (try Device(), try Device())
    let merged = try other.merged(into: owner)
    let key = try key(of: merged)
    #expect(try summary(key) == "200")
    #expect(try owner.undo(owner.newestMerge()).status == 200)
    #expect(try summary(key) == "401 invalid_key")
  }
}
