import Crypto
import Foundation
import FunctionRuntime
import Postgres
import StrictJSON
import TestSupport
import Testing

/// What everybody together may have compared with a password (docs/identity.md, "Limits"). In a database of its own, because
/// everybody is everybody.
@Suite struct PasswordLimitTests {
  /// Sixty at once become six, 240 a minute become 24.
  private static let factor = "0.1", burst = 6
  /// `BREATH_ATTACK_SECONDS=45` goes on for so long; else a few rounds.
  private static let attackSeconds =
    ProcessInfo.processInfo.environment["BREATH_ATTACK_SECONDS"].flatMap { Double($0) } ?? 0
  private let database: ScratchDatabase
  private let auth: Executable
  private let device: Device

  init() throws {
    database = try ScratchDatabase()
    auth = try PasswordLimitTests.auth(database, factor: PasswordLimitTests.factor)
    device = try ScratchPerson.device(auth)
  }

  private static func auth(_ database: ScratchDatabase, factor: String) throws -> Executable {
    try Executable(
      .auth, ["DATABASE_URL": database.authURL, "DATABASE_POOLER": "none", "BREATH_RATE_LIMIT_FACTOR": factor])
  }

  /// From a network and to an address that nobody has had to do with.
  private func login() throws -> Reply { try answer(Person.login(Person.newEmail(), "wrong password")) }

  private func answer(_ event: Event, from network: String = "network \(Device.newID())") throws -> Reply {
    var event = event
    event.headers["x-forwarded-for"] = network
    return try auth.answer(event)
  }

  private func attempts() throws -> Int64 {
    let rows = try database.connect().rows("SELECT count(*) AS count FROM breath.login_attempts")
    return try #require(rows.first)["count"]
  }

  private static let everybody =
    Array(SHA256.hash(data: Array("password all".utf8)).prefix(16)) + Array("password".utf8)

  /// Nothing is left of it at this moment: six of two and a half seconds each are taken.
  private func fill() throws {
    let filled = try database.connect().rows(
      """
      UPDATE breath.rate_limits SET theoretical_arrival = clock_timestamp() + interval '15 seconds'
      WHERE key = \(PasswordLimitTests.everybody)
      RETURNING key
      """)
    #expect(filled.count == 1)
  }

  /// Every route that compares or makes a password, with what takes it so far; an account each, which has limits of its own.
  private func routes() throws -> [Event] {
    func event(_ method: String, _ path: String, _ json: JSON) throws -> Event {
      Event(method, path, token: try ScratchPerson(database, auth).device.accessToken, json: json)
    }
    let newcomer = try ScratchPerson.device(auth)
    return [
      Person.login(Person.newEmail(), "wrong password"),
      Event(
        "POST", "/password/reset/confirm", json: ["token": .string(try openReset()), "password": "calm sea 77"]),
      Event(
        "POST", "/register", token: newcomer.accessToken,
        json: ["email": .string(Person.newEmail()), "password": "calm sea 77", "secret": .string(newcomer.secret)]),
      try event("PUT", "/password", ["current": "wrong password", "password": "calm sea 77"]),
      try event("DELETE", "/account", ["password": "wrong password"]),
      try event("POST", "/recovery-codes", ["password": "wrong password"]),
      try event("POST", "/totp", ["password": "wrong password"]),
      try event("DELETE", "/totp", ["password": "wrong password", "totp": "123456"]),
    ]
  }

  /// A mailed token that is good.
  private func openReset() throws -> String {
    let person = try ScratchPerson(database, auth)
    let (id, index) = (try person.device.accountID, try ScratchPerson.index(of: person.email))
    let secret = [UInt8](repeating: 7, count: 32)
    let hash = Array(SHA256.hash(data: Array("one-time token ".utf8) + index + secret))
    _ = try database.connect().rows(
      """
      INSERT INTO breath.password_resets (account_id, token_hash, expires_at)
      VALUES (\(id), \(hash), now() + interval '20 minutes')
      """)
    return Base64URL.text(index + secret)
  }

  @Test func `passwords from everywhere together are limited, before any is hashed and before it counts`() throws {
    let start = auth.processorTime
    for _ in 0..<PasswordLimitTests.burst {
      let reply = try login()
      #expect(reply.outcome == "401 wrong_credentials", "each from a network and to an address of its own")
    }
    let hash = (auth.processorTime - start) / PasswordLimitTests.burst
    var reply = try login()
    for _ in 0..<60 where reply.status != 429 { reply = try login() }
    #expect(reply.outcome == "429 too_many_requests")
    #expect(["1", "2", "3"].contains(reply.header("retry-after")), "a new one every two and a half seconds")
    #expect(reply.header("ratelimit-policy") == "\"password\";q=6;w=15")
    #expect(reply.header("ratelimit")?.wholeMatch(of: /"password";r=0;t=1[345]/) != nil)

    let routes = try routes()
    let before = (counted: try attempts(), time: auth.processorTime)
    for event in routes {
      try fill()
      let reply = try answer(event)
      #expect(reply.outcome == "429 too_many_requests", "\(event.method) \(event.path)")
      #expect(reply.header("ratelimit")?.wholeMatch(of: /"password";r=0;t=1[345]/) != nil)
      #expect(["1", "2", "3"].contains(reply.header("retry-after")))
    }
    #expect(auth.processorTime - before.time < hash, "all of them together take less than one hash")
    #expect(try attempts() == before.counted)
  }

  @Test func `what needs no password goes on when passwords are many`() throws {
    _ = try login()
    try fill()
    #expect(try login().status == 429)
    #expect(try answer(device.event("GET", "/account")).status == 200)
    #expect(try answer(Device.refresh(device.refreshToken)).status == 200)
    let code = try answer(Person.login(Person.newEmail(), recoveryCode: "22222-22222-22222-22222"))
    #expect(code.outcome == "401 wrong_credentials")
    #expect(try answer(Device.enrolment(id: Device.newID(), secret: Device.newSecret())).status == 201)
    let secret: JSON = ["secret": .string(device.secret)]
    #expect(try answer(Event("DELETE", "/account", token: device.accessToken, json: secret)).status == 200)
  }

  /// A device that anybody can have costs nobody a password.
  @Test func `an account without a login takes none of it, whatever it asks`() throws {
    let code: JSON = ["recoveryCode": "22222-22222-22222-22222", "password": "calm sea 77"]
    let calls: [(String, String, JSON, String)] = [
      ("DELETE", "/account", ["secret": .string(Device.newSecret())], "403 proof_failed"),
      ("DELETE", "/account", ["password": "wrong password"], "403 proof_failed"),
      ("PUT", "/password", ["current": "wrong password", "password": "calm sea 77"], "403 proof_failed"),
      ("PUT", "/password", code, "403 proof_failed"),
      ("POST", "/recovery-codes", ["password": "wrong password"], "403 proof_failed"),
      ("POST", "/totp", ["password": "wrong password"], "403 proof_failed"),
      ("DELETE", "/totp", ["password": "wrong password", "totp": "123456"], "403 proof_failed"),
      (
        "POST", "/register",
        ["email": .string(Person.newEmail()), "password": "calm sea 77", "secret": .string(Device.newSecret())],
        "403 proof_failed"
      ),
      (
        "POST", "/password/reset/confirm",
        ["token": .string(String(repeating: "A", count: 86)), "password": "calm sea 77"], "404 token_invalid"
      ),
    ]
    for (method, path, json, outcome) in calls {
      let token = try ScratchPerson.device(auth).accessToken
      #expect(try answer(Event(method, path, token: token, json: json)).outcome == outcome, "\(method) \(path)")
    }
    // Nor does a code that nobody made, where there is a login.
    let person = try ScratchPerson(database, auth)
    #expect(
      try answer(Event("PUT", "/password", token: person.device.accessToken, json: code)).outcome == "403 proof_failed")
    let taken = try database.connect().rows(
      "SELECT FROM breath.rate_limits WHERE key = \(PasswordLimitTests.everybody)")
    #expect(taken.isEmpty)
  }

  @Test func `what a limit of others refuses counts for the network that calls`() throws {
    let network = "network \(Device.newID())"
    func policy(_ email: String) throws -> String? {
      try answer(Person.login(email, "wrong password"), from: network).header("ratelimit-policy")
    }
    _ = try login()
    for _ in 0..<2 {
      try fill()
      #expect(try policy(Person.newEmail())?.hasPrefix("\"password\"") == true)
    }
    #expect(try policy(Person.newEmail())?.hasPrefix("\"login\"") == true, "its own burst of two is used up")

    let email = Person.newEmail()
    _ = try answer(Person.login(email, recoveryCode: "22222-22222-22222-22222"))
    func recover() throws -> String? {
      let event = Person.login(email, recoveryCode: "22222-22222-22222-22222")
      return try answer(event, from: "another \(network)").header("ratelimit-policy")
    }
    for _ in 0..<2 { #expect(try recover()?.hasPrefix("\"login-address\"") == true) }
    #expect(try recover()?.hasPrefix("\"login\"") == true)
  }

  @Test func `three anonymous devices cannot turn off password sign-in for everybody`() throws {
    let attackers = try (0..<3).map { _ in try PasswordLimitTests.auth(database, factor: "1") }
    let owner = try PasswordLimitTests.auth(database, factor: "1")
    let person = try ScratchPerson(database, owner)
    let devices = try attackers.map { try ScratchPerson.device($0) }
    let bodies: [(String, String, JSON)] = [
      ("DELETE", "/account", ["secret": .string(Device.newSecret())]),
      ("PUT", "/password", ["current": "wrong password", "password": "calm sea 77"]),
      ("POST", "/recovery-codes", ["password": "wrong password"]),
      ("DELETE", "/totp", ["password": "wrong password", "totp": "123456"]),
    ]
    let end = ContinuousClock.now + .seconds(PasswordLimitTests.attackSeconds)
    var (refused, signIns) = (0, 0)
    repeat {
      for round in 0..<20 {
        for (attacker, device) in zip(attackers, devices) {
          let (method, path, json) = bodies[round % bodies.count]
          var event = Event(method, path, token: device.accessToken, json: json)
          event.headers["x-forwarded-for"] = "192.0.2.66"
          try attacker.send(event.line)
        }
      }
      for attacker in attackers {
        for _ in 0..<20 where try attacker.reply().status != 200 { refused += 1 }
      }
      var event = Person.login(person.email, person.password)
      event.headers["x-forwarded-for"] = "network \(Device.newID())"
      let reply = try owner.answer(event)
      // The limit of one address, twice a minute: the owner of a real attack would not sign in so often.
      if reply.header("ratelimit-policy")?.hasPrefix("\"login-address\"") != true {
        #expect(reply.status == 200, "\(reply.line)")
        signIns += 1
      }
    } while ContinuousClock.now < end
    print("password limit: \(refused) calls of three devices refused, \(signIns) sign-ins of the owner meanwhile")
    #expect(refused >= 60 && signIns > 0)
  }
}
