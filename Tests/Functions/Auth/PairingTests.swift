import FunctionRuntime
import Postgres
import StrictJSON
import TestSupport
import Testing

/// A second machine joins by a one-time code.
@Suite struct PairingTests {
  private func redeem(_ code: String, id: String = Device.newID(), secret: String = Device.newSecret()) throws -> Reply
  {
    try Fleet.call(.auth, Device.redemption(code: code, id: id, secret: secret))
  }

  @Test func `a code has the form that people are shown, and lives ten minutes`() throws {
    let device = try Device()
    let reply = try device.call(.auth, "POST", "/pairing")
    #expect(reply.status == 201)
    let code = try reply.text("code")
    #expect(code.wholeMatch(of: /BM-[2-9A-HJKMNP-TV-Z]{6}-[2-9A-HJKMNP-TV-Z]{6}/) != nil || code.count == 16)
    let id = try device.accountID
    let seconds: Double = try #require(
      Superuser.rows(
        """
        SELECT extract(epoch FROM expires_at - created_at)::float8 AS seconds
        FROM breath.pairing_codes WHERE account_id = \(id)
        """
      ).first)["seconds"]
    #expect((599...601).contains(seconds))
    #expect(try !Superuser.state(of: device.account).contains(code))
  }

  @Test func `a redeemed code joins the account; nobody else can use it, the winner may repeat`() throws {
    let device = try Device()
    let (id, secret) = (Device.newID(), Device.newSecret())
    let code = try device.pairingCode()
    let first = try redeem(code, id: id, secret: secret)
    #expect(first.status == 201 && first["account"] == .string(device.account) && first["device"] == .string(id))
    #expect(try redeem(code).outcome == "404 pairing_code_invalid")
    let again = try redeem(code, id: id, secret: secret)
    #expect(again.status == 201 && again["account"] == .string(device.account))
    #expect(
      try redeem(code, id: id).outcome == "409 device_exists", "the winner's id with another secret is not the winner")
    let joined = try Device(id: id, secret: secret, again)
    #expect(try joined.sync([:]).items("changes.devices").count == 1)
    #expect(try device.sync([:]).items("changes.devices").compactMap { $0["id"]?.string } == [id])
  }

  @Test(arguments: 0..<3) func `of thirty devices that redeem at once exactly one wins`(round: Int) throws {
    let device = try Device()
    let code = try device.pairingCode()
    let processes = try (0..<6).map { _ in try Executable(.auth) }
    for process in processes {
      for _ in 0..<5 {
        try process.send(Device.redemption(code: code, id: Device.newID(), secret: Device.newSecret()).line)
      }
    }
    let outcomes = try processes.flatMap { process in try (0..<5).map { _ in try process.reply().outcome } }
    #expect(outcomes.count { $0 == "201" } == 1 && outcomes.count { $0 == "404 pairing_code_invalid" } == 29)
    #expect(try device.sync([:]).items("changes.devices").count == 1)
  }

  @Test func `an expired code is refused`() throws {
    let device = try Device()
    let code = try device.pairingCode()
    let id = try device.accountID
    _ = try Superuser.rows(
      "UPDATE breath.pairing_codes SET expires_at = now() - interval '1 second' WHERE account_id = \(id)")
    #expect(try redeem(code).outcome == "404 pairing_code_invalid")
  }

  @Test func `case, spaces and hyphens do not matter`() throws {
    let device = try Device()
    for change in [
      { $0.lowercased() }, { $0.replacing("-", with: " ") }, { " " + $0.replacing("-", with: "") + " " },
    ] as [@Sendable (String) -> String] {
      #expect(try redeem(change(device.pairingCode())).status == 201)
    }
  }

  @Test(arguments: ["", "BM", "BM-1111111-000000", "BM-ABCDEF", "XX-ABCDEF-ABCDEF", "BM-ABCDEF-ABCDEI"])
  func `what cannot be a code is wrong content`(code: String) throws {
    let reply = try redeem(code)
    #expect(reply.outcome == "422 invalid_content" && reply["errors.0.pointer"] == "/code")
  }

  @Test func `a code that a signed-out device made is dead`() throws {
    let device = try Device()
    let code = try device.pairingCode()
    let id = try device.accountID
    _ = try Superuser.rows("UPDATE breath.devices SET revoked_at = now() WHERE account_id = \(id)")
    #expect(try redeem(code).outcome == "404 pairing_code_invalid")
    #expect(try device.call(.auth, "POST", "/pairing").outcome == "401 device_revoked")
  }

  /// After a restore a machine knows a device from its own copies, before that device has proved itself again.
  @Test func `a device that the account knows from another machine joins as itself`() throws {
    let (first, id) = (try Device(), Device.newID())
    let known: JSON = ["id": .string(id), "name": "old name", "timeZone": "UTC", "reset": "2025-08-01T00:00:00.000Z"]
    let day: JSON = ["date": "2025-08-20", "sessions": 4, "activeMs": 9, "cycles": 6, "xp": 7, "device": .string(id)]
    _ = try first.sync(["push": ["devices": [known], "days": [day]]])
    let secret = Device.newSecret()
    let reply = try redeem(first.pairingCode(), id: id, secret: secret)
    #expect(reply.status == 201)
    let joined = try Device(id: id, secret: secret, reply)
    let own = try joined.sync(["own": true])
    #expect(own["device.reset"] == "2025-08-01T00:00:00.000Z" && own["progress.sessions"] == 4)
    try expectSound(first)
  }

  @Test func `making a code needs a token`() throws {
    let reply = try Fleet.call(.auth, Event("POST", "/pairing"))
    #expect(reply.outcome == "401 unauthenticated" && reply.header("www-authenticate") == "Bearer")
  }
}
