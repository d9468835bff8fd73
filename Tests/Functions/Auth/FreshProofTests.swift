import Foundation
import FunctionRuntime
import Postgres
import StrictJSON
import Testing

/// What outlives an access token is made by who also has the machine's own secret: somebody with a token alone, from a log or
/// a screen, gets in for a quarter of an hour and not for good (decision 34).
@Suite struct FreshProofTests {
  private func register(_ device: Device, _ secret: String?) throws -> Reply {
    var body = JSONObject([("email", .string(Person.newEmail())), ("password", "tidal breathing")])
    body["secret"] = secret.map { .string($0) }
    return try device.call(.auth, "POST", "/register", json: .object(body))
  }

  @Test func `an address needs the secret of the very machine that asks`() throws {
    let owner = try Device()
    let second = try owner.paired()
    let without = try register(owner, nil)
    #expect(without.outcome == "422 invalid_content" && without["errors.0.pointer"] == "/secret")
    #expect(without["errors.0.code"] == "missing")
    for secret in [Device.newSecret(), second.secret] {
      #expect(try register(owner, secret).outcome == "403 proof_failed")
    }
    let id = try owner.accountID
    #expect(
      try Superuser.count(
        """
        SELECT (SELECT count(*) FROM breath.email_claims WHERE account_id = \(id))
          + (SELECT count(*) FROM breath.outbox WHERE account_id = \(id)) AS count
        """) == 0)
    #expect(try register(owner, owner.secret).status == 202)
  }

  @Test func `every machine is told with its next sync that the account has a login, and since when`() throws {
    let first = try Device()
    let second = try first.paired()
    #expect(try first.sync([:])["account"] == nil)
    #expect(try first.register(Person.newEmail(), "tidal breathing").status == 202)
    #expect(try second.sync([:])["account"] == nil, "not before it is confirmed")
    #expect(try first.confirm(first.mailedToken()).status == 200)
    let since = try first.sync([:]).text("account.login.since")
    #expect(since.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
    for _ in 0..<2 { #expect(try second.sync([:]).text("account.login.since") == since) }
    #expect(try Device().sync([:])["account"] == nil)
  }

  @Test func `a pairing code that was made with the token alone is good only in its network`() throws {
    let device = try Device()
    func make(_ json: JSON, from network: String) throws -> Reply {
      let headers = ["content-type": "application/json", "x-forwarded-for": network]
      return try device.call(.auth, "POST", "/pairing", headers: headers, body: json.text)
    }
    func redeem(_ code: String, from network: String, dryRun: Bool = false) throws -> String {
      var event = Device.redemption(code: code, id: Device.newID(), secret: Device.newSecret())
      event.headers["x-forwarded-for"] = network
      if dryRun { event.query = "dryRun=true" }
      return try Fleet.call(.auth, event).outcome
    }
    let bare = try make([:], from: "192.0.2.7")
    #expect(bare.status == 201 && bare["redeemable"] == "this_network")
    let code = try bare.text("code")
    #expect(try redeem(code, from: "198.51.100.9", dryRun: true) == "404 pairing_code_invalid")
    #expect(try redeem(code, from: "198.51.100.9") == "404 pairing_code_invalid")
    #expect(try redeem(code, from: "192.0.2.7") == "201")

    let proven = try make(["secret": .string(device.secret)], from: "192.0.2.7")
    #expect(proven.status == 201 && proven["redeemable"] == "anywhere")
    #expect(try redeem(proven.text("code"), from: "198.51.100.9") == "201")
    #expect(try make(["secret": .string(Device.newSecret())], from: "192.0.2.7").outcome == "403 proof_failed")
    #expect(try make(["secret": "short"], from: "192.0.2.7").outcome == "422 invalid_content")
  }

  @Test func `a key that was made with the token alone lives a week, and says so`() throws {
    let device = try Device()
    func days(_ reply: Reply) throws -> Double {
      let id = UUID(uuidString: try reply.text("id"))
      return try #require(
        Superuser.rows(
          """
          SELECT extract(epoch FROM expires_at - created_at)::float8 / 86400 AS days
          FROM breath.api_keys WHERE device_id = \(id)
          """
        ).first)["days"]
    }
    func make(_ secret: String?, days: Int64) throws -> Reply {
      var body = JSONObject([("name", "x"), ("scopes", ["stats:read"]), ("days", .integer(days))])
      body["secret"] = secret.map { .string($0) }
      return try device.call(.auth, "POST", "/keys", json: .object(body))
    }
    let bare = try make(nil, days: 730)
    #expect(bare.status == 201 && bare["notice.code"] == "key_lives_a_week")
    #expect(try (6.9...7.1).contains(days(bare)))
    let short = try make(nil, days: 3)
    #expect(try short["notice"] == nil && (2.9...3.1).contains(days(short)))
    let proven = try make(device.secret, days: 730)
    #expect(try proven["notice"] == nil && (729.9...730.1).contains(days(proven)))
    #expect(try make(Device.newSecret(), days: 1).outcome == "403 proof_failed")
    #expect(try device.call(.auth, "GET", "/keys").items("keys").count == 3)
  }
}
