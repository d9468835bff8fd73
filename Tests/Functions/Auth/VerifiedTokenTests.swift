import Foundation
import FunctionRuntime
import Postgres
import StrictJSON
import TestSupport
import Testing

/// A process remembers whose token it has verified. Each test keeps to one process, where that could go wrong.
@Suite struct VerifiedTokenTests {
  private let sync: Executable
  init() throws { sync = try Executable(.sync) }

  private func outcome(_ token: String) throws -> String {
    try sync.answer(Event("POST", "", token: token, json: [:])).outcome
  }

  /// Pushes so many sessions, so that the account can be told from others by their number.
  private func device(sessions count: Int) throws -> Device {
    let device = try Device()
    _ = try device.sync(Practice.push(Practice.sessions((0..<count).map { "s\($0)" })))
    return device
  }

  @Test func `a token that differs in one character from one that was good is refused`() throws {
    let good = try Device().accessToken
    for _ in 0..<2 { #expect(try outcome(good) == "200") }
    let characters = Array(good)
    for place in stride(from: 0, to: characters.count, by: 7) where characters[place] != "." {
      var changed = characters
      changed[place] = changed[place] == "A" ? "B" : "A"
      #expect(try outcome(String(changed)) == "401 invalid_token", "changed at \(place)")
    }
    #expect(try outcome(good) == "200")
  }

  @Test func `a part of a token that was good, or more than it, is refused`() throws {
    let good = try Device().accessToken
    #expect(try outcome(good) == "200")
    let parts = good.split(separator: ".").map(String.init)
    let wrong = [
      String(good.dropLast()), String(good.dropFirst()), good + "A", good + "=", good + ".", "." + good, good + good,
      parts[0], parts[1], parts[2], "\(parts[0]).\(parts[1])", "\(parts[0]).\(parts[1]).", good.lowercased(),
      good.uppercased(),
    ]
    for token in wrong { #expect(try outcome(token) == "401 invalid_token", "\(token)") }
  }

  @Test func `a letter that Unicode takes for the same makes another token`() throws {
    // The Kelvin sign is canonically equivalent to K: to Swift's == the two texts are equal.
    var claims = TokenClaims(of: try Device())
    var good = try claims.token()
    while !good.contains("K") {
      claims.extra["jti"] = .string("\(UUID())")
      good = try claims.token()
    }
    #expect(try outcome(good) == "200")
    let other = good.replacing("K", with: "\u{212A}")
    #expect(other == good && Array(other.utf8) != Array(good.utf8))
    #expect(try outcome(other) == "401 invalid_token")
  }

  @Test func `an account, a device or a device's id is no key to what was verified`() throws {
    let device = try Device()
    #expect(try outcome(device.accessToken) == "200")
    for name in [device.secret, device.refreshToken] { #expect(try outcome(name) == "401 invalid_token") }
    // A UUID alone is spelled as a key for WakaTime's clients, and such a key may never sync.
    for name in [device.account, device.id] { #expect(try outcome(name) == "403 scope_missing") }
  }

  @Test func `callers who take turns are each answered as themselves`() throws {
    let devices = try (1...4).map { try device(sessions: $0) }
    for _ in 0..<3 {
      for (index, device) in devices.enumerated() {
        let reply = try sync.answer(Event("POST", "", token: device.accessToken, json: [:]))
        #expect(reply["progress.sessions"] == .integer(Int64(index + 1)))
      }
    }
  }

  @Test func `more callers than are remembered are all answered as themselves`() throws {
    let (one, two) = (try device(sessions: 1), try device(sessions: 2))
    func sessions(_ token: String) throws -> JSON? {
      try sync.answer(Event("POST", "", token: token, json: [:]))["progress.sessions"]
    }
    for round in 0..<600 {
      var claims = TokenClaims(of: round.isMultiple(of: 2) ? one : two)
      claims.extra["jti"] = .string("\(round)")
      #expect(try sessions(claims.token()) == (round.isMultiple(of: 2) ? 1 : 2))
    }
    #expect(try sessions(one.accessToken) == 1)
    #expect(try sessions(two.accessToken) == 2)
  }

  @Test func `a token that was good is refused from the second on in which it expires`() throws {
    var claims = TokenClaims(of: try Device())
    claims.lifetime = 4
    let token = try claims.token()
    let payload = try Base64URL.bytes(String(token.split(separator: ".")[1]))
    let expires = try #require(JSON(parsing: Array(payload), limits: .trusted)["exp"]?.double)
    // Asked all the time: what is asked and answered on one side of that second has only one right answer.
    var (accepted, refused) = (0, 0)
    while refused < 3 {
      let before = Date().timeIntervalSince1970
      let outcome = try outcome(token)
      switch outcome {
      case "200":
        accepted += 1
        try #require(before < expires)
      default:
        refused += 1
        #expect(outcome == "401 invalid_token" && Date().timeIntervalSince1970 >= expires)
      }
    }
    #expect(accepted > 1)
  }

  @Test func `a device that is revoked is refused at once, though its token was verified a moment ago`() throws {
    let device = try Device()
    #expect(try outcome(device.accessToken) == "200")
    let id = UUID(uuidString: device.id)
    _ = try Superuser.rows("UPDATE breath.devices SET revoked_at = now() WHERE device_id = \(id)")
    #expect(try outcome(device.accessToken) == "401 device_revoked")
    _ = try Superuser.rows("UPDATE breath.devices SET revoked_at = NULL WHERE device_id = \(id)")
    #expect(try outcome(device.accessToken) == "200")
  }
}
