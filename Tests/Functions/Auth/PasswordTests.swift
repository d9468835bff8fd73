import Foundation
import FunctionRuntime
import Postgres
import StrictJSON
import TestSupport
import Testing

/// A new password: by the old one, or by a mailed token.
@Suite struct PasswordTests {
  private let new = "quiet harbour 7"
  /// Each costs a dozen hashes.
  private static let raceRounds = ProcessInfo.processInfo.environment["BREATH_RACE_ROUNDS"].flatMap { Int($0) } ?? 1

  private func change(_ device: Device, from current: String) throws -> Reply {
    try device.call(.auth, "PUT", "/password", json: ["current": .string(current), "password": .string(new)])
  }

  private func requestReset(_ email: String) throws -> Reply {
    try Fleet.call(.auth, Event("POST", "/password/reset", json: ["email": .string(email)]))
  }

  private static func reset(_ token: String, _ password: String) -> Event {
    Event("POST", "/password/reset/confirm", json: ["token": .string(token), "password": .string(password)])
  }

  @Test func `changing it ends the sessions of all other devices, at once`() throws {
    let person = try Person()
    let second = try person.secondDevice()
    #expect(try change(person.device, from: person.password).status == 204)
    #expect(try person.device.sync([:]).status == 200)
    #expect(try Fleet.call(.auth, Device.refresh(person.device.refreshToken)).status == 200)
    #expect(try Fleet.call(.sync, second.syncEvent([:])).outcome == "401 device_revoked")
    #expect(try Fleet.call(.auth, Device.refresh(second.refreshToken)).outcome == "400 invalid_grant")
    #expect(try person.login().outcome == "401 wrong_credentials")
    #expect(try person.login(password: new, id: second.id, secret: second.secret).status == 200)
    let mail = try Mail.last(of: person.device.accountID)
    #expect(mail.kind == "password_changed" && mail.to == nil && mail.token == nil)
  }

  @Test func `changing it needs the current one, and too many guesses lock`() throws {
    let person = try Person()
    let device = person.device
    for _ in 0..<5 { #expect(try change(device, from: "wrong password").outcome == "403 proof_failed") }
    let locked = try change(device, from: person.password)
    let anonymous = try change(try Device(), from: person.password)
    #expect(locked.outcome == "403 proof_failed" && anonymous.comparable == locked.comparable)
    #expect(try person.login().status == 200, "signing in is counted apart")
    let reply = try device.call(.auth, "PUT", "/password", json: ["current": "x", "password": "password"])
    #expect(reply.outcome == "422 invalid_content" && reply["errors.0.code"] == "common_password")
  }

  @Test func `a mailed token sets it once and ends every session`() throws {
    let person = try Person()
    let known = try requestReset(person.email.uppercased())
    let unknown = try requestReset(Person.newEmail())
    #expect(known.status == 202 && known.comparable == unknown.comparable)
    let mail = try Mail.last(of: person.device.accountID)
    #expect(
      mail.kind == "reset_password" && mail.to == nil, "it goes to the account's own address, not to what was typed")
    let token = try #require(mail.token)
    for _ in 0..<6 { _ = try person.login(password: "wrong password") }

    #expect(try Fleet.call(.auth, PasswordTests.reset(token, new)).status == 204)
    #expect(try Fleet.call(.auth, PasswordTests.reset(token, "another one 8")).outcome == "404 token_invalid")
    #expect(try Fleet.call(.sync, person.device.syncEvent([:])).outcome == "401 device_revoked")
    #expect(try person.login().outcome == "401 wrong_credentials")
    #expect(try person.login(password: new).status == 200, "the lock is gone too")
    #expect(try Mail.last(of: person.device.accountID).kind == "password_changed")
  }

  @Test func `a token ends with its time, with a newer one, and with a changed password`() throws {
    let person = try Person()
    let id = try person.device.accountID
    _ = try requestReset(person.email)
    let first = try person.device.mailedToken()
    _ = try requestReset(person.email)
    let second = try person.device.mailedToken()
    #expect(try Fleet.call(.auth, PasswordTests.reset(first, new)).outcome == "404 token_invalid")
    _ = try Superuser.rows("UPDATE breath.password_resets SET expires_at = now() WHERE account_id = \(id)")
    #expect(try Fleet.call(.auth, PasswordTests.reset(second, new)).outcome == "404 token_invalid")
    _ = try requestReset(person.email)
    let third = try person.device.mailedToken()
    #expect(try change(person.device, from: person.password).status == 204)
    #expect(try Fleet.call(.auth, PasswordTests.reset(third, "another one 8")).outcome == "404 token_invalid")
  }

  /// Fifty at ten processes: those that find the token open make a hash each, for whoever took it before hashing would lose
  /// it with a reply that is lost; the others are refused without one. `BREATH_RACE_ROUNDS=200` plays them all.
  @Test func `of fifty that bring one token at once exactly one sets the password`() throws {
    let processes = try (0..<10).map { _ in try Executable(.auth) }
    let person = try Person()
    let (id, secret) = (Device.newID(), Device.newSecret())
    for round in 0..<PasswordTests.raceRounds {
      try #require(try requestReset(person.email).status == 202)
      let token = try person.device.mailedToken()
      let passwords = (0..<50).map { "quiet harbour \(round) \($0)" }
      for (index, password) in passwords.enumerated() {
        try processes[index % 10].send(PasswordTests.reset(token, password).line)
      }
      let outcomes = try passwords.indices.map { try processes[$0 % 10].reply().outcome }
      #expect(outcomes.count { $0 == "204" } == 1, "round \(round)")
      // The filter of common passwords takes four good ones in ten thousand for common.
      let others = outcomes.filter { !["204", "404 token_invalid", "422 invalid_content"].contains($0) }
      #expect(others.isEmpty, "round \(round)")
      let winner = try #require(outcomes.firstIndex(of: "204"))
      #expect(try person.login(password: passwords[winner], id: id, secret: secret).status == 200, "round \(round)")
    }
  }

  @Test func `nobody's mailbox is filled, however often it is asked`() throws {
    let person = try Person()
    for _ in 0..<8 { #expect(try requestReset(person.email).status == 202) }
    let mails = try Mail.all(of: person.device.accountID).count { $0.kind == "reset_password" }
    #expect(mails == 5)
  }

  @Test func `mails are limited by address before anything else is done`() throws {
    let auth = try Executable(.auth, ["BREATH_RATE_LIMIT_FACTOR": "1"])
    let email = Person.newEmail()
    func ask(_ email: String) throws -> String {
      var event = Event("POST", "/password/reset", json: ["email": .string(email)])
      event.headers["x-forwarded-for"] = Device.newID()
      return try auth.answer(event).outcome
    }
    for _ in 0..<3 { #expect(try ask(email) == "202") }
    #expect(try ask(email.lowercased()) == "429 too_many_requests")
    #expect(try ask(Person.newEmail()) == "202")
  }
}
