import Foundation
import FunctionRuntime
import Postgres
import StrictJSON
import TestSupport
import Testing

/// `/v1/auth/totp`, and what it asks of `/login`: a code from a phone besides the password, each once.
@Suite struct SecondFactorTests {
  @Test func `a secret is for apps to read, replaced until it is confirmed, and stored sealed`() throws {
    let person = try Person()
    let first = try person.offerSecondFactor()
    let reply = try person.device.call(.auth, "POST", "/totp", json: ["password": .string(person.password)])
    let secret = try reply.text("secret")
    #expect(secret.wholeMatch(of: /[A-Z2-7]{32}/) != nil)
    #expect(
      reply["uri"]
        == .string(
          "otpauth://totp/Breath%20Master?secret=\(secret)&issuer=Breath%20Master&algorithm=SHA1&digits=6&period=30"))
    let phone = try Phone(secret: secret)
    let id = try person.device.accountID
    let stored: [UInt8] = try #require(
      Superuser.rows("SELECT secret FROM breath.second_factors WHERE account_id = \(id)").first)["secret"]
    #expect(stored.count == 1 + 12 + 27 + 16 && !stored.contains(phone.secret))
    #expect(try person.login().status == 200, "not confirmed yet")
    #expect(try person.confirm(first.code()).outcome == "403 code_wrong")
    #expect(try person.confirm(phone.code(after: 5)).outcome == "403 code_wrong")
    let code = phone.code()
    for _ in 0..<2 { #expect(try person.confirm(code)["hasSecondFactor"] == true, "its reply may have been lost") }
    #expect(try person.device.call(.auth, "GET", "/account")["hasSecondFactor"] == true)
    let again = try person.device.call(.auth, "POST", "/totp", json: ["password": .string(person.password)])
    #expect(again.outcome == "409 second_factor_exists")
  }

  @Test func `it takes the password, and an account that has one`() throws {
    let person = try Person()
    let wrong = try person.device.call(.auth, "POST", "/totp", json: ["password": "wrong password"])
    let none = try Device().call(.auth, "POST", "/totp", json: ["password": "wrong password"])
    #expect(wrong.outcome == "403 proof_failed" && none.comparable == wrong.comparable)
    #expect(try person.confirm("000000").outcome == "403 code_wrong")
    #expect(try person.confirm("12345").outcome == "422 invalid_content")
  }

  @Test func `signing in asks for a code after the right password only, and takes each once`() throws {
    let person = try Person()
    let phone = try person.turnOnSecondFactor()
    #expect(try person.login().outcome == "401 second_factor_required")
    let wrong = try person.login(password: "wrong password")
    #expect(wrong.outcome == "401 wrong_credentials")
    let (id, secret) = (Device.newID(), Device.newSecret())
    let code = phone.totp(after: 1)
    let reply = try person.login(with: code, id: id, secret: secret)
    #expect(reply.status == 200 && reply["account"] == .string(person.device.account))
    #expect(try person.login(with: code, id: id, secret: secret).status == 200, "its reply may have been lost")
    let used = try person.login(with: code)
    let right = try person.login(password: "wrong password", with: phone.totp(after: 1))
    let far = try person.login(with: phone.totp(after: 5))
    for refused in [used, right, far] { #expect(refused.comparable == wrong.comparable) }
  }

  @Test func `a wrong code counts like a wrong password, and so does none`() throws {
    let person = try Person()
    let phone = try person.turnOnSecondFactor()
    for _ in 0..<2 {
      _ = try person.login(with: phone.totp(after: 5))
      #expect(try person.login().outcome == "401 second_factor_required")
    }
    #expect(try person.login(with: phone.totp(after: 5)).outcome == "401 wrong_credentials")
    #expect(try person.login(with: phone.totp(after: 1)).outcome == "401 wrong_credentials", "locked")
    #expect(try person.login().outcome == "401 wrong_credentials")
    try person.waitOutLock()
    #expect(try person.login(with: phone.totp(after: 1)).status == 200)
  }

  /// Fewer at once than lock an address.
  @Test(arguments: 0..<3) func `of four devices that come with one code at once exactly one gets in`(round: Int) throws
  {
    let person = try Person()
    let phone = try person.turnOnSecondFactor()
    let code = phone.totp(after: 1)
    let processes = try (0..<4).map { _ in try Executable(.auth) }
    for process in processes { try process.send(person.event(with: code).line) }
    let outcomes = try processes.map { try $0.reply().outcome }
    #expect(outcomes.count { $0 == "200" } == 1 && outcomes.count { $0 == "401 wrong_credentials" } == 3, "\(outcomes)")
  }

  @Test func `a recovery code takes the place of the phone, not of the password`() throws {
    let person = try Person()
    let codes = try person.recoveryCodes()
    _ = try person.turnOnSecondFactor()
    let alone = try Fleet.call(.auth, Person.login(person.email, recoveryCode: codes[0]))
    #expect(alone.outcome == "401 second_factor_required")
    let guessed = try Fleet.call(.auth, Person.login(person.email, recoveryCode: "22222-22222-22222-22222"))
    #expect(guessed.outcome == "401 wrong_credentials")
    #expect(try person.login(password: "wrong password", with: ["recoveryCode": .string(codes[0])]).status == 401)
    #expect(try person.login(with: ["recoveryCode": .string(codes[0])]).status == 200, "it was not used up")
    #expect(try person.login(with: ["recoveryCode": .string(codes[0])]).outcome == "401 wrong_credentials")
    #expect(try person.device.call(.auth, "GET", "/account")["recoveryCodesLeft"] == 9)
  }

  @Test func `its owner is told by mail when it goes on and off, once each`() throws {
    let person = try Person()
    func told() throws -> [String] {
      try Mail.all(of: person.device.accountID).map(\.kind).filter { $0.hasPrefix("second_factor") }
    }
    let phone = try person.offerSecondFactor()
    #expect(try person.confirm("000000").status == 403)
    #expect(try told() == [], "nothing is on yet")
    let code = phone.code()
    for _ in 0..<2 { #expect(try person.confirm(code).status == 200) }
    #expect(try told() == ["second_factor_on"])
    #expect(try person.turnOffSecondFactor(phone.totp(after: 5)).status == 403)
    for _ in 0..<2 { #expect(try person.turnOffSecondFactor(phone.totp(after: 1)).status == 204) }
    #expect(try told() == ["second_factor_on", "second_factor_off"])
    #expect(try Mail.last(of: person.device.accountID).to == nil, "to the account's own address, whatever it is then")
  }

  @Test func `turning it off takes the password and an unused code`() throws {
    let person = try Person()
    let phone = try person.offerSecondFactor()
    let confirming = phone.code()
    #expect(try person.confirm(confirming).status == 200)
    let wrong = try person.turnOffSecondFactor(password: "wrong password", phone.totp(after: 1))
    let used = try person.turnOffSecondFactor(["totp": .string(confirming)])
    let far = try person.turnOffSecondFactor(phone.totp(after: 5))
    #expect(wrong.outcome == "403 proof_failed")
    for refused in [used, far] { #expect(refused.comparable == wrong.comparable) }
    #expect(try person.turnOffSecondFactor([:]).outcome == "422 invalid_content")
    for _ in 0..<2 { #expect(try person.turnOffSecondFactor(phone.totp(after: 1)).status == 204) }
    #expect(try person.login().status == 200)
    #expect(try person.offerSecondFactor().secret != phone.secret)
  }

  @Test func `a lost phone is turned off with a recovery code, and new codes need the phone`() throws {
    let person = try Person()
    let code: JSON = ["recoveryCode": .string(try person.recoveryCodes()[0])]
    let phone = try person.turnOnSecondFactor()
    func renew(_ totp: JSON) throws -> Reply {
      var body = totp.object ?? JSONObject()
      body["password"] = .string(person.password)
      return try person.device.call(.auth, "POST", "/recovery-codes", json: .object(body))
    }
    #expect(try renew([:]).outcome == "403 second_factor_required")
    #expect(try renew(phone.totp(after: 5)).outcome == "403 proof_failed")
    #expect(try person.turnOffSecondFactor(code).status == 204)
    let next = try person.turnOnSecondFactor()
    #expect(try person.turnOffSecondFactor(code).outcome == "403 proof_failed", "it is used")
    #expect(try renew(next.totp(after: 1)).items("codes").count == 10)
  }
}
