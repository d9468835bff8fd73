import Crypto
import Foundation
import Postgres
import StrictJSON
import TestSupport
import Testing

/// What everybody together may have compared with a password (docs/identity.md, "Limits"). In a database of its own, because
/// everybody is everybody.
@Suite struct PasswordLimitTests {
  /// Sixty at once become six, 240 a minute become 24.
  private static let factor = "0.1", burst = 6
  private let database: ScratchDatabase
  private let auth: Executable
  private let device: Device

  init() throws {
    database = try ScratchDatabase()
    auth = try Executable(
      .auth,
      [
        "DATABASE_URL": database.authURL, "DATABASE_POOLER": "none",
        "BREATH_RATE_LIMIT_FACTOR": PasswordLimitTests.factor,
      ])
    let (id, secret) = (Device.newID(), Device.newSecret())
    device = try Device(id: id, secret: secret, try auth.answer(Device.enrolment(id: id, secret: secret)))
  }

  /// From a network and to an address that nobody has had to do with.
  private func login() throws -> Reply { try answer(Person.login(Person.newEmail(), "wrong password")) }

  private func answer(_ event: Event) throws -> Reply {
    var event = event
    event.headers["x-forwarded-for"] = "network \(Device.newID())"
    return try auth.answer(event)
  }

  private func attempts() throws -> Int64 {
    let rows = try database.connect().rows("SELECT count(*) AS count FROM breath.login_attempts")
    return try #require(rows.first)["count"]
  }

  /// So that no pause of this machine gives anything back.
  private func letNothingComeBack() throws {
    let key = Array(SHA256.hash(data: Array("password all".utf8)).prefix(16)) + Array("password".utf8)
    let stopped = try database.connect().rows(
      """
      UPDATE breath.rate_limits SET theoretical_arrival = now() + interval '1 hour' WHERE key = \(key)
      RETURNING key
      """)
    #expect(stopped.count == 1)
  }

  /// Every route that compares or makes a password.
  private func routes() -> [Event] {
    [
      Person.login(Person.newEmail(), "wrong password"),
      Event(
        "POST", "/password/reset/confirm",
        json: ["token": .string(String(repeating: "A", count: 86)), "password": "calm sea 77"]),
      event("POST", "/register", ["email": .string(Person.newEmail()), "password": "calm sea 77"]),
      event("PUT", "/password", ["current": "wrong password", "password": "calm sea 77"]),
      event("DELETE", "/account", ["password": "wrong password"]),
      event("POST", "/recovery-codes", ["password": "wrong password"]),
      event("POST", "/totp", ["password": "wrong password"]),
      event("DELETE", "/totp", ["password": "wrong password", "totp": "123456"]),
    ]
  }

  private func event(_ method: String, _ path: String, _ json: JSON) -> Event {
    Event(method, path, token: device.accessToken, json: json)
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

    try letNothingComeBack()
    let before = (counted: try attempts(), time: auth.processorTime)
    for event in routes() {
      let reply = try answer(event)
      #expect(reply.outcome == "429 too_many_requests", "\(event.method) \(event.path)")
      #expect(reply.header("ratelimit")?.wholeMatch(of: /"password";r=0;t=3[56]\d\d/) != nil)
      #expect((3500...3600).contains(reply.header("retry-after").flatMap { Int($0) } ?? 0))
    }
    #expect(auth.processorTime - before.time < hash, "all of them together take less than one hash")
    #expect(try attempts() == before.counted)
  }

  @Test func `what needs no password goes on when passwords are many`() throws {
    _ = try login()
    try letNothingComeBack()
    #expect(try login().status == 429)
    #expect(try answer(device.event("GET", "/account")).status == 200)
    #expect(try answer(Device.refresh(device.refreshToken)).status == 200)
    let code = try answer(Person.login(Person.newEmail(), recoveryCode: "22222-22222-22222-22222"))
    #expect(code.outcome == "401 wrong_credentials")
    #expect(try answer(Device.enrolment(id: Device.newID(), secret: Device.newSecret())).status == 201)
  }
}
