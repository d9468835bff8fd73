import Foundation
import FunctionRuntime
import Postgres
import StrictJSON
import TestSupport
import Testing

/// Recovery codes: the second way in when the password is lost, each once.
@Suite struct RecoveryTests {
  private func login(
    _ person: Person, _ code: String, id: String = Device.newID(), secret: String = Device.newSecret()
  ) throws -> Reply { try Fleet.call(.auth, Person.login(person.email, recoveryCode: code, id: id, secret: secret)) }

  @Test func `ten are shown once, and only their hashes are kept`() throws {
    let person = try Person()
    let codes = try person.recoveryCodes()
    #expect(codes.count == 10 && Set(codes).count == 10)
    #expect(codes.allSatisfy { $0.wholeMatch(of: /([2-9A-HJKMNP-TV-Z]{5}-){3}[2-9A-HJKMNP-TV-Z]{5}/) != nil })
    let id = try person.device.accountID
    let stored = try Superuser.text(
      "SELECT string_agg(t::text, ' ') AS value FROM breath.recovery_codes t WHERE account_id = \(id)")
    for code in codes { #expect(!stored.contains(code) && !stored.contains(code.replacing("-", with: ""))) }
    #expect(try person.device.call(.auth, "GET", "/account")["recoveryCodesLeft"] == 10)
  }

  @Test func `one lets one device in, however it is typed, and that one again`() throws {
    let person = try Person()
    let code = try person.recoveryCodes()[0]
    let (id, secret) = (Device.newID(), Device.newSecret())
    let typed = " " + code.lowercased().replacing("-", with: " ")
    let reply = try login(person, typed, id: id, secret: secret)
    #expect(reply.status == 200 && reply["account"] == .string(person.device.account))
    #expect(try login(person, code, id: id, secret: secret).status == 200, "its reply may have been lost")
    #expect(try login(person, code, id: id).outcome == "409 device_exists")
    #expect(try login(person, code).outcome == "401 wrong_credentials")
    #expect(try person.device.call(.auth, "GET", "/account")["recoveryCodesLeft"] == 9)
  }

  @Test(arguments: 0..<3) func `of thirty devices that come with one code at once exactly one gets in`(round: Int)
    throws
  {
    let person = try Person()
    let code = try person.recoveryCodes()[0]
    let processes = try (0..<6).map { _ in try Executable(.auth) }
    for process in processes {
      for _ in 0..<5 { try process.send(Person.login(person.email, recoveryCode: code).line) }
    }
    let outcomes = try processes.flatMap { process in try (0..<5).map { _ in try process.reply().outcome } }
    #expect(outcomes.count { $0 == "200" } == 1 && outcomes.count { $0 == "401 wrong_credentials" } == 29)
  }

  @Test func `new ones take the place of the old`() throws {
    let person = try Person()
    let old = try person.recoveryCodes()
    let new = try person.recoveryCodes()
    #expect(try login(person, old[0]).outcome == "401 wrong_credentials")
    #expect(try login(person, new[0]).status == 200)
  }

  @Test func `another person's code is worth nothing`() throws {
    let (person, other) = (try Person(), try Person())
    let code = try other.recoveryCodes()[0]
    #expect(try login(person, code).outcome == "401 wrong_credentials")
    #expect(try login(other, code).status == 200)
  }

  @Test func `making them needs the password, and an account that has one`() throws {
    let person = try Person()
    let wrong = try person.device.call(.auth, "POST", "/recovery-codes", json: ["password": "wrong password"])
    let none = try Device().call(.auth, "POST", "/recovery-codes", json: ["password": "wrong password"])
    #expect(wrong.outcome == "403 proof_failed" && none.comparable == wrong.comparable)
  }

  @Test func `whoever is locked out and has lost the password gets in and sets a new one`() throws {
    let person = try Person()
    let codes = try person.recoveryCodes()
    for _ in 0..<5 { _ = try person.login(password: "wrong password") }
    #expect(try person.login().status == 401)
    let (id, secret) = (Device.newID(), Device.newSecret())
    let device = try Device(id: id, secret: secret, try login(person, codes[0], id: id, secret: secret))
    let change: (String) throws -> Reply = { code in
      try device.call(.auth, "PUT", "/password", json: ["recoveryCode": .string(code), "password": "quiet harbour 7"])
    }
    #expect(try change(codes[0]).outcome == "403 proof_failed", "it is used")
    #expect(try change(codes[1]).status == 204)
    #expect(try person.login(password: "quiet harbour 7").status == 200)
    #expect(try login(person, codes[1]).outcome == "401 wrong_credentials")
  }
}
