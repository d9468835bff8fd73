import Crypto
import CryptoExtras
import Foundation
import FunctionRuntime
import Postgres
import StrictJSON
import TestSupport
import Testing

/// `POST /v1/auth/login`: the right person gets in, and nobody learns anything from a refusal.
@Suite struct LoginTests {
  @Test func `the right password lets a new device in, as often as it asks`() throws {
    let person = try Person()
    let (id, secret) = (Device.newID(), Device.newSecret())
    for _ in 0..<2 {
      let reply = try person.login(id: id, secret: secret)
      #expect(reply.status == 200 && reply["account"] == .string(person.device.account))
      #expect(reply["tokenType"] == "Bearer" && reply["expiresIn"] == 900)
      let device = try Device(id: id, secret: secret, reply)
      #expect(try device.sync([:]).status == 200)
      #expect(try Fleet.call(.auth, Device.refresh(device.refreshToken)).status == 200)
    }
    #expect(try person.login(id: id, secret: Device.newSecret()).outcome == "409 device_exists")
  }

  @Test func `unknown, wrong and locked are answered with the same bytes`() throws {
    let person = try Person()
    let unknown = try Fleet.call(.auth, Person.login(Person.newEmail(), person.password))
    let wrong = try person.login(password: "wrong password")
    for _ in 0..<4 { _ = try person.login(password: "wrong password") }
    let locked = try person.login()
    let code = try Fleet.call(.auth, Person.login(person.email, recoveryCode: "22222-22222-22222-22222"))
    #expect(unknown.outcome == "401 wrong_credentials" && unknown.header("www-authenticate") == "Bearer")
    for reply in [wrong, locked, code] { #expect(reply.comparable == unknown.comparable) }
  }

  @Test func `the fifth failure in a row locks, longer each time; a success forgets them`() throws {
    let person = try Person()
    func lockSeconds() throws -> Double? {
      let rows = try Superuser.rows(
        """
        SELECT extract(epoch FROM locked_until - now())::float8 AS seconds FROM breath.login_attempts
        WHERE subject = (SELECT email_index FROM breath.login_addresses WHERE account_id = \(try person.device.accountID))
        """)
      return try rows.first.flatMap { row in try row["seconds"] }
    }
    for _ in 0..<4 { _ = try person.login(password: "wrong password") }
    #expect(try lockSeconds() == nil)
    #expect(try person.login().status == 200, "four failures and a success")
    #expect(try lockSeconds() == nil)
    for _ in 0..<5 { _ = try person.login(password: "wrong password") }
    #expect(try (50...60).contains(lockSeconds() ?? 0))
    #expect(try person.login().outcome == "401 wrong_credentials")
    try person.waitOutLock()
    _ = try person.login(password: "wrong password")
    #expect(try (110...120).contains(lockSeconds() ?? 0))
    try person.waitOutLock()
    #expect(try person.login().status == 200)
    #expect(try lockSeconds() == nil)
  }

  @Test func `guesses at once count as well as one after the other`() throws {
    let person = try Person()
    let processes = try (0..<3).map { _ in try Executable(.auth) }
    for process in processes {
      for _ in 0..<4 { try process.send(Person.login(person.email, "wrong password").line) }
    }
    let outcomes = try processes.flatMap { process in try (0..<4).map { _ in try process.reply().outcome } }
    #expect(outcomes.allSatisfy { $0 == "401 wrong_credentials" })
    #expect(try person.login().outcome == "401 wrong_credentials")
    let id = try person.device.accountID
    let failures = try Superuser.count(
      """
      SELECT failures::bigint AS count FROM breath.login_attempts
      WHERE subject = (SELECT email_index FROM breath.login_addresses WHERE account_id = \(id))
      """)
    #expect(failures == 5, "what comes during a lock is not even counted")
  }

  @Test func `a device of another account is told to pair, and stays where it is`() throws {
    let person = try Person()
    let stranger = try Device()
    let before = try stranger.state()
    let reply = try person.login(id: stranger.id, secret: stranger.secret)
    #expect(reply.outcome == "409 device_exists")
    #expect(try reply.text("detail").contains("pairing"))
    #expect(try stranger.state() == before && stranger.sync([:]).status == 200)
  }

  @Test func `a revoked device does not come back by password`() throws {
    let person = try Person()
    let second = try person.secondDevice()
    #expect(try person.device.call(.auth, "DELETE", "/devices/\(second.id)").status == 204)
    #expect(try person.login(id: second.id, secret: second.secret).outcome == "401 device_revoked")
  }

  /// Made here from RFC 7914 and docs/identity.md, at half the cost.
  @Test func `a hash of a lower cost is made anew at the next login`() throws {
    let person = try Person()
    let salt = Data((0..<16).map { UInt8($0) })
    let key = try KDF.Scrypt.deriveKey(
      from: Data(person.password.utf8), salt: salt, outputByteCount: 32, rounds: 1 << 13, blockSize: 8, parallelism: 1)
    let tag = HMAC<SHA256>.authenticationCode(
      for: unsafe key.withUnsafeBytes { unsafe Data($0) }, using: try Sealed.derived("breath: season passwords, 1"))
    let phc = [salt, Data(tag)].map { $0.base64EncodedString().replacing("=", with: "") }
    let weak = "$scrypt$ln=13,r=8,p=1,keyid=1$\(phc[0])$\(phc[1])"
    let id = try person.device.accountID
    _ = try Superuser.rows("UPDATE breath.logins SET password_hash = \(weak) WHERE account_id = \(id)")
    #expect(try person.login(password: "wrong password").status == 401)
    #expect(try person.login().status == 200)
    let stored = try Superuser.text("SELECT password_hash AS value FROM breath.logins WHERE account_id = \(id)")
    #expect(stored.wholeMatch(of: /\$scrypt\$ln=14,r=8,p=5,keyid=1\$[A-Za-z0-9+\/]{22}\$[A-Za-z0-9+\/]{43}/) != nil)
    #expect(try person.login().status == 200)
  }

  @Test func `another key in the environment is a failure of ours that says so, and lets nobody in`() throws {
    let person = try Person()
    let auth = try Executable(.auth, ["BREATH_DATA_KEY": String(repeating: "A", count: 43)])
    #expect(try auth.answer(Person.login(person.email, person.password)).outcome == "401 wrong_credentials")
    let device = try Device()
    let body: JSON = [
      "email": .string(Person.newEmail()), "password": "tidal breathing", "secret": .string(device.secret),
    ]
    _ = try device.register(Person.newEmail(), "tidal breathing")
    let reply = try auth.answer(Event("POST", "/register", token: device.accessToken, json: body))
    #expect(reply.outcome == "503 not_configured")
    let none = try Executable(.auth, ["BREATH_DATA_KEY": ""])
    #expect(try none.answer(Person.login(person.email, person.password)).outcome == "503 not_configured")
    #expect(try none.answer(Device.enrolment(id: Device.newID(), secret: Device.newSecret())).status == 201)
  }

  @Test func `attempts are limited by network and by address`() throws {
    // 20 from a network become 4, 10 to an address 2.
    let auth = try Executable(.auth, ["BREATH_RATE_LIMIT_FACTOR": "0.2"])
    func attempt(_ email: String, from network: String) throws -> String {
      var event = Person.login(email, recoveryCode: "22222-22222-22222-22222")
      event.headers["x-forwarded-for"] = network
      return try auth.answer(event).outcome
    }
    let (email, network) = (Person.newEmail(), "network \(Device.newID())")
    for _ in 0..<2 { #expect(try attempt(email, from: Device.newID()) == "401 wrong_credentials") }
    #expect(try attempt(email, from: Device.newID()) == "429 too_many_requests")
    for _ in 0..<4 { #expect(try attempt(Person.newEmail(), from: network) == "401 wrong_credentials") }
    #expect(try attempt(Person.newEmail(), from: network) == "429 too_many_requests")
  }
}
