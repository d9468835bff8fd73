import Crypto
import Foundation
import FunctionRuntime
import Postgres
import StrictJSON
import TestSupport
import Testing

/// `/v1/auth/account`: what is kept, what can be changed, and the end of it.
@Suite struct AccountTests {
  private func change(_ device: Device, _ changes: JSON) throws -> Reply {
    try device.call(.auth, "PATCH", "/account", json: changes)
  }

  private func erase(_ device: Device, _ proof: JSON) throws -> Reply {
    try device.call(.auth, "DELETE", "/account", json: proof)
  }

  @Test func `it shows what is kept, and never an address`() throws {
    let person = try Person()
    let account = try person.device.call(.auth, "GET", "/account")
    #expect(account["account"] == .string(person.device.account) && account["hasEmail"] == true)
    #expect(account["dayStart"] == "00:00" && account["detail"] == "sessions" && account["devices"] == 1)
    #expect(account["alias"] == nil && account["timeZone"] == nil && account["recoveryCodesLeft"] == 0)
    #expect(!account.line.lowercased().contains(person.email.lowercased()))
    let anonymous = try Device(shares: false).call(.auth, "GET", "/account")
    #expect(anonymous["detail"] == "days")
    #expect(anonymous["hasEmail"] == false && anonymous["hasPassword"] == false)
  }

  @Test func `what is sent changes, what is absent stays, null takes away`() throws {
    let device = try Device()
    let all = try change(device, ["alias": "Marée 🌊", "timeZone": "Europe/Berlin", "dayStart": "04:30"])
    #expect(all.status == 200 && all["alias"] == "Marée 🌊" && all["timeZone"] == "Europe/Berlin")
    #expect(all["dayStart"] == "04:30")
    let one = try change(device, ["alias": nil])
    #expect(one["alias"] == nil && one["timeZone"] == "Europe/Berlin" && one["dayStart"] == "04:30")
    #expect(try change(device, [:])["dayStart"] == "04:30")
    #expect(try change(device, ["timeZone": nil])["timeZone"] == nil)
    #expect(try device.call(.auth, "GET", "/account")["dayStart"] == "04:30")
  }

  @Test(
    arguments: [
      (["alias": ""], "/alias"), (["alias": "a@b"], "/alias"), (["alias": " x"], "/alias"),
      (["alias": "a\nb"], "/alias"), (["alias": "a\u{202E}b"], "/alias"),
      (["alias": .string(String(repeating: "x", count: 33))], "/alias"),
      (["timeZone": "Europe/Atlantis"], "/timeZone"), (["timeZone": "+24:00"], "/timeZone"),
      (["dayStart": "4:00"], "/dayStart"), (["dayStart": "24:00"], "/dayStart"), (["dayStart": "04:60"], "/dayStart"),
      (["dayStart": "-1:00"], "/dayStart"), (["dayStart": 240], "/dayStart"), ([1], ""),
    ] as [(JSON, String)])
  func `what is wrong is named by its place and changes nothing`(changes: JSON, pointer: String) throws {
    let device = try Device()
    let before = try device.state()
    let reply = try change(device, changes)
    #expect(reply.outcome == "422 invalid_content" && reply["errors.0.pointer"] == .string(pointer))
    #expect(try device.state() == before)
  }

  @Test func `a day that begins later is for what comes; dates that are stored stay`() throws {
    let device = try Device()
    let early = { (id: String, day: String) in
      Practice.session(id, at: "2025-08-\(day)T01:00:00.000Z", to: "2025-08-\(day)T01:05:00.000Z")
    }
    _ = try device.sync(Practice.push([early("before", "10")]))
    _ = try change(device, ["dayStart": "04:00"])
    _ = try device.sync(Practice.push([early("before", "10"), early("after", "20")]))
    let id = try device.accountID
    let dates = try Superuser.text(
      "SELECT string_agg(local_date::text, ' ' ORDER BY local_date) AS value FROM breath.sessions WHERE account_id = \(id)"
    )
    #expect(dates == "2025-08-10 2025-08-19")
  }

  @Test func `the device's secret erases an account without a password, with a receipt that can be checked`() throws {
    let (device, other) = (try Device(), try Device())
    _ = try device.sync(Practice.push([Practice.session("x")]))
    let untouched = try other.state()
    let reply = try erase(device, ["secret": .string(device.secret)])
    #expect(reply.status == 200 && reply["erased"] == true)
    try expectReceipt(try reply.text("receipt"), of: device)
    #expect(try device.rowsLeft() == 0 && other.state() == untouched)
    #expect(try erase(device, ["secret": .string(device.secret)]).outcome == "410 account_gone")
    #expect(try Fleet.call(.sync, device.syncEvent([:])).outcome == "410 account_gone")
    #expect(try device.call(.auth, "GET", "/account").outcome == "410 account_gone")
  }

  /// By the key that `/jwks.json` shows, and by the hash that the operator can look up.
  private func expectReceipt(_ receipt: String, of device: Device) throws {
    let parts = receipt.split(separator: ".").map(String.init)
    try #require(parts.count == 3)
    let keys = try Fleet.call(.auth, Event("GET", "/jwks.json")).items("keys")
    let header = try JSON(parsing: Array(Base64URL.bytes(parts[0])), limits: .trusted)
    let key = try #require(keys.first { $0["kid"] == header["kid"] }?["x"]?.string)
    let isSigned = try Curve25519.Signing.PublicKey(rawRepresentation: Base64URL.bytes(key))
      .isValidSignature(Base64URL.bytes(parts[2]), for: Data("\(parts[0]).\(parts[1])".utf8))
    #expect(isSigned && header["typ"] == "erasure-receipt+jwt")
    let claims = try JSON(parsing: Array(Base64URL.bytes(parts[1])), limits: .trusted)
    let hash = Array(try Base64URL.bytes(#require(claims["account"]?.string)))
    #expect(try Superuser.count("SELECT count(*) FROM breath.erased WHERE id_hash = \(hash)") == 1)
    let used = try Fleet.call(.sync, Event("POST", "", token: receipt, json: [:]))
    #expect(used.outcome == "401 invalid_token", "a receipt is no access token")
  }

  @Test func `where there is a password it is the proof, and the address is free afterwards`() throws {
    let person = try Person()
    let second = try person.secondDevice()
    let device = person.device
    let before = try device.state()
    let refusals = try [
      erase(device, ["secret": .string(device.secret)]), erase(device, ["password": "wrong password"]),
    ]
    for reply in refusals { #expect(reply.outcome == "403 proof_failed") }
    #expect(refusals[0].comparable == refusals[1].comparable)
    #expect(try erase(device, [:]).outcome == "422 invalid_content" && device.state() == before)

    #expect(try erase(device, ["password": .string(person.password)]).status == 200)
    #expect(try device.rowsLeft() == 0)
    #expect(try Fleet.call(.sync, second.syncEvent([:])).outcome == "410 account_gone")
    #expect(try person.login().outcome == "401 wrong_credentials")
    #expect(try Person(email: person.email).login().status == 200, "the address is free")
  }

  @Test func `a stolen token without the secret erases nothing`() throws {
    let device = try Device()
    let before = try device.state()
    #expect(try erase(device, ["secret": .string(Device.newSecret())]).outcome == "403 proof_failed")
    #expect(try erase(device, ["secret": "short"]).outcome == "422 invalid_content")
    #expect(try device.state() == before)
  }

  @Test func `of six that erase at once each gets its receipt or learns that it is gone`() throws {
    let device = try Device()
    let processes = try (0..<3).map { _ in try Executable(.auth) }
    let event = device.event(
      "DELETE", "/account", headers: ["content-type": "application/json"],
      body: (["secret": .string(device.secret)] as JSON).text)
    for process in processes { for _ in 0..<2 { try process.send(event.line) } }
    let outcomes = try processes.flatMap { process in try (0..<2).map { _ in try process.reply().outcome } }
    #expect(Set(outcomes).isSubset(of: ["200", "410 account_gone"]) && outcomes.contains("200"))
    #expect(try device.rowsLeft() == 0)
  }
}
