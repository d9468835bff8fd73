import Foundation
import FunctionRuntime
import Postgres
import StrictJSON
import Testing

/// Six digits must not be tried as often as one likes by who knows the password (decision 32).
///
/// `BREATH_GUESS_ROUNDS=50` plays so many rounds of each way in which wrong codes were once forgotten; each guess costs a
/// hash.
@Suite struct SecondFactorGuessTests {
  private static let rounds = ProcessInfo.processInfo.environment["BREATH_GUESS_ROUNDS"].flatMap { Int($0) } ?? 2

  /// What somebody can do who knows the password, or reads the mailbox, between guesses.
  enum Between: CaseIterable, Sendable { case offer, change, reset, signInWithoutCode }

  /// Somebody with a signed-in machine and the password, and the phone that only its owner has.
  private struct Guesser {
    var device: Device
    var password: String
    let email: String
    let phone: Phone

    init() throws {
      let person = try Person()
      (device, password, email) = (person.device, person.password, person.email)
      phone = try person.turnOnSecondFactor()
    }

    func turnOff(_ code: JSON) throws -> Reply {
      try device.call(.auth, "DELETE", "/totp", json: with(code))
    }

    func renew(_ code: JSON) throws -> Reply {
      try device.call(.auth, "POST", "/recovery-codes", json: with(code))
    }

    func signIn(_ code: JSON) throws -> Reply {
      var body = with(code).object ?? JSONObject()
      body["email"] = .string(email)
      body["device"] = ["id": .string(Device.newID())]
      body["secret"] = .string(Device.newSecret())
      return try Fleet.call(.auth, Event("POST", "/login", json: .object(body)))
    }

    private func with(_ code: JSON) -> JSON {
      var body = code.object ?? JSONObject()
      body["password"] = .string(password)
      return .object(body)
    }

    mutating func pass(_ way: Between, _ round: Int) throws {
      switch way {
      case .offer:
        let reply = try device.call(.auth, "POST", "/totp", json: ["password": .string(password)])
        #expect(reply.outcome == "409 second_factor_exists")
      case .change:
        let new = "quiet harbour \(round)"
        let body: JSON = ["current": .string(password), "password": .string(new)]
        #expect(try device.call(.auth, "PUT", "/password", json: body).status == 204)
        password = new
      case .reset:
        _ = try Fleet.call(.auth, Event("POST", "/password/reset", json: ["email": .string(email)]))
        let new = "morning tide \(round)"
        let body: JSON = ["token": .string(try device.mailedToken()), "password": .string(new)]
        #expect(try Fleet.call(.auth, Event("POST", "/password/reset/confirm", json: body)).status == 204)
        password = new
        let back = try Fleet.call(.auth, Device.enrolment(id: device.id, secret: device.secret))
        device = try Device(id: device.id, secret: device.secret, back)
      case .signInWithoutCode:
        // Nobody got in, so these are counted too: after five the password itself is locked for a while.
        let outcome = try signIn([:]).outcome
        #expect(outcome == "401 second_factor_required" || round >= 5 && outcome == "401 wrong_credentials")
      }
    }
  }

  @Test(arguments: Between.allCases) func `a right password forgets no wrong code`(way: Between) throws {
    var guesser = try Guesser()
    for round in 0..<SecondFactorGuessTests.rounds {
      for _ in 0..<3 {
        #expect(try guesser.turnOff(guesser.phone.totp(after: 5)).outcome == "403 proof_failed")
      }
      try guesser.pass(way, round)
    }
    #expect(try guesser.turnOff(guesser.phone.totp(after: 1)).outcome == "403 proof_failed", "locked after five")
    try guesser.device.waitOutCodeLock()
    #expect(try guesser.turnOff(guesser.phone.totp(after: 1)).status == 204, "and its owner is not kept out for good")
  }

  @Test func `wrong codes count together wherever they are tried, and their owner hears of it`() throws {
    let guesser = try Guesser()
    let wrong = guesser.phone.totp(after: 5)
    #expect(try guesser.turnOff(wrong).outcome == "403 proof_failed")
    #expect(try guesser.renew(wrong).outcome == "403 proof_failed")
    #expect(try guesser.device.call(.auth, "POST", "/totp/confirm", json: ["code": "000000"]).status == 403)
    for _ in 0..<2 { #expect(try guesser.signIn(wrong).outcome == "401 wrong_credentials") }
    let right = guesser.phone.totp(after: 1)
    #expect(try guesser.turnOff(right).outcome == "403 proof_failed")
    #expect(try guesser.renew(right).outcome == "403 proof_failed")
    #expect(try guesser.signIn(right).outcome == "401 wrong_credentials")
    let mails = try Mail.all(of: guesser.device.accountID).filter { $0.kind == "codes_tried" }
    #expect(mails.count == 1 && mails[0].to == nil)
  }

  @Test func `recovery codes are counted for themselves, and the phone's lock keeps none out`() throws {
    let person = try Person()
    let codes = try person.recoveryCodes()
    let phone = try person.turnOnSecondFactor()
    for _ in 0..<5 { #expect(try person.turnOffSecondFactor(phone.totp(after: 5)).status == 403) }
    #expect(try person.turnOffSecondFactor(phone.totp(after: 1)).status == 403)
    #expect(try person.login(with: ["recoveryCode": .string(codes[0])]).status == 200)
    #expect(try person.turnOffSecondFactor(phone.totp(after: 1)).status == 403, "a code of the other kind forgets none")
    for _ in 0..<5 {
      #expect(try person.turnOffSecondFactor(["recoveryCode": "22222-22222-22222-22222"]).status == 403)
    }
    #expect(try person.turnOffSecondFactor(["recoveryCode": .string(codes[1])]).status == 403)
  }

  @Test func `who does not know the password can lock nobody's codes`() throws {
    let person = try Person()
    let phone = try person.turnOnSecondFactor()
    for _ in 0..<4 {
      #expect(try person.turnOffSecondFactor(password: "wrong password", phone.totp(after: 5)).status == 403)
      #expect(try person.login(password: "wrong password", with: phone.totp(after: 5)).status == 401)
    }
    #expect(try person.turnOffSecondFactor(phone.totp(after: 1)).status == 204)
  }

  @Test func `a recovery code that its machine shows again and again forgets no wrong password`() throws {
    let person = try Person()
    let code = try person.recoveryCodes()[0]
    let (id, secret) = (Device.newID(), Device.newSecret())
    for _ in 0..<2 {
      for _ in 0..<3 { #expect(try person.login(password: "wrong password").status == 401) }
      let reply = try Fleet.call(.auth, Person.login(person.email, recoveryCode: code, id: id, secret: secret))
      #expect(reply.status == 200)
    }
    #expect(try person.login().outcome == "401 wrong_credentials", "locked after five")
  }

  @Test func `new recovery codes are told to their owner`() throws {
    let person = try Person()
    _ = try person.recoveryCodes()
    let mail = try Mail.last(of: person.device.accountID)
    #expect(mail.kind == "recovery_codes_made" && mail.to == nil && mail.token == nil)
  }
}

extension Device {
  /// Takes the lock of the account's codes away, as time does.
  func waitOutCodeLock() throws {
    let id = try accountID
    _ = try Superuser.rows(
      """
      UPDATE breath.login_attempts SET locked_until = now() - interval '1 second'
      WHERE subject IN (breath.code_subject(\(id), 'totp'), breath.code_subject(\(id), 'recovery'))
      """)
  }
}
