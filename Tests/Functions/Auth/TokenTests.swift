import Crypto
import Foundation
import FunctionRuntime
import StrictJSON
import TestSupport
import Testing

/// Access tokens: what is accepted, and all that is not.
@Suite struct TokenTests {
  private let device: Device
  init() throws { device = try Device() }

  @Test func `the key set shows public members only`() throws {
    let reply = try Fleet.call(.auth, Event("GET", "/jwks.json"))
    #expect(reply.status == 200 && reply.header("cache-control") == "public, max-age=600")
    for key in try reply.items("keys") {
      #expect(Set(key.object?.members.map(\.key) ?? []) == ["kty", "crv", "x", "kid", "alg", "use"])
    }
    let signing = try JSON(parsing: TestEnvironment.value("BREATH_SIGNING_KEY"), limits: .trusted)
    #expect(try !reply.line.contains(#require(signing["d"]?.string)))
    #expect(try reply.items("keys").contains { $0["x"] == signing["x"] })
  }

  @Test func `a private member set by mistake is not shown`() throws {
    let signing = try TestEnvironment.value("BREATH_SIGNING_KEY")
    let auth = try Executable(.auth, ["BREATH_JWKS": "{\"keys\":[\(signing)]}"])
    let reply = try auth.answer(Event("GET", "/jwks.json"))
    #expect(try reply.items("keys").allSatisfy { $0["d"] == nil } && reply.items("keys").count == 1)
  }

  private var claims: TokenClaims { TokenClaims(of: device) }

  private func outcomes(_ header: String?) throws -> [String] {
    let headers = header.map { ["authorization": $0] } ?? [:]
    return try [
      (FunctionName.sync, Event("POST", "", headers: headers, body: "{}")),
      (.sync, Event("GET", "/export", headers: headers)),
      (.sync, Event("POST", "/import", headers: headers, body: "{}")),
      (.stats, Event("GET", "/summary", headers: headers)), (.auth, Event("POST", "/pairing", headers: headers)),
    ].map { name, event in
      let reply = try Fleet.call(name, event)
      if reply.status == 401 {
        #expect(reply.header("www-authenticate")?.hasPrefix("Bearer") == true)
        #expect(reply.header("content-type") == "application/problem+json")
      }
      return reply.outcome
    }
  }

  @Test func `a token made as auth makes them is good: the rest of these tests tell a difference`() throws {
    let token = try claims.token()
    let outcomes = try self.outcomes("Bearer \(token)")
    #expect(outcomes == ["200", "200", "422 invalid_content", "200", "201"])
    #expect(try self.outcomes("bearer  \(token)").first == "200", "the scheme's case does not matter")
  }

  @Test func `no token, or no bearer token, is refused`() throws {
    #expect(try Set(outcomes(nil)) == ["401 unauthenticated"])
    for header in ["", "Bearer", "Bearer ", "Basic \(device.accessToken)", device.accessToken, "Bearer a b"] {
      #expect(try Set(outcomes(header)).isSubset(of: ["401 invalid_token", "401 unauthenticated"]), "\(header)")
    }
  }

  @Test func `a token of another key, expired, for something else, or without a signature is refused`() throws {
    var wrong: [String: String] = [:]
    wrong["another key"] = try claims.token(key: Curve25519.Signing.PrivateKey())
    func with(_ name: String, _ change: (inout TokenClaims) -> Void) throws {
      var claims = claims
      change(&claims)
      wrong[name] = try claims.token()
    }
    try with("expired") { $0.lifetime = -1 }
    try with("another audience") { $0.audience = ["somebody else"] }
    try with("no audience, at which jwt-kit's own type ends the process") { $0.audience = [] }
    try with("another issuer") { $0.issuer = "somebody else" }
    try with("another algorithm named, though we signed it") { $0.header = ["alg": "HS256"] }
    try with("another type, though we signed it") { $0.header = ["typ": "JWT"] }
    try with("no account") { $0.account = "x" }
    try with("no device") { $0.device = "" }
    let good = try claims.token()
    let parts = good.split(separator: ".").map(String.init)
    wrong["alg none"] = Base64URL.text(#"{"alg":"none","typ":"at+jwt"}"#.utf8) + "." + parts[1] + "."
    wrong["no signature"] = parts[0] + "." + parts[1] + "."
    wrong["two parts"] = parts[0] + "." + parts[1]
    wrong["another's claims"] =
      try parts[0] + "."
      + TokenClaims(account: Device.newID(), device: device.id).token()
      .split(separator: ".")[1] + "." + parts[2]
    wrong["garbage"] = "garbage"
    wrong["long garbage"] = String(repeating: "x.", count: 4000)
    wrong["refresh token"] = device.refreshToken
    for (name, token) in wrong {
      #expect(try Set(outcomes("Bearer \(token)")) == ["401 invalid_token"], "\(name)")
    }
  }

  @Test func `a good token spelled in another way is refused`() throws {
    let good = try claims.token()
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    let last = try #require(good.last.flatMap(alphabet.firstIndex))
    // A signature of 64 bytes leaves four bits of the last character to nothing.
    let spareBits = (1..<16).map { String(good.dropLast()) + String(alphabet[last ^ $0]) }
    for token in spareBits + [good + "=", good + "==", good + "\u{200B}", good.replacing(".", with: "=.")] {
      #expect(try Fleet.call(.sync, Event("POST", "", token: token, json: [:])).outcome == "401 invalid_token")
    }
    #expect(try Fleet.call(.sync, Event("POST", "", token: good, json: [:])).outcome == "200")
  }

  @Test func `a good token for a device of another account opens nothing`() throws {
    let stranger = try Device()
    _ = try stranger.sync(Practice.push([Practice.session("x")]))
    var crossed = claims
    crossed.account = stranger.account
    #expect(
      try outcomes("Bearer \(crossed.token())")
        == [
          "401 device_revoked", "401 device_revoked", "422 invalid_content", "401 device_revoked", "401 device_revoked",
        ])
    var old = claims
    old.extra["gen"] = 0
    #expect(try outcomes("Bearer \(old.token())").first == "401 device_revoked")
  }

  @Test func `a good token of another tenant opens nothing`() throws {
    var other = claims
    other.extra["tid"] = .string(Device.newID())
    #expect(
      try outcomes("Bearer \(other.token())")
        == [
          "401 device_revoked", "401 device_revoked", "422 invalid_content", "401 device_revoked", "401 device_revoked",
        ])
    other.extra["tid"] = "public"
    #expect(try Set(outcomes("Bearer \(other.token())")) == ["401 invalid_token"])
  }

  @Test func `a new key beside the old one takes over without signing anybody out`() throws {
    let old = try #require(JSON(parsing: TestEnvironment.value("BREATH_JWKS"), limits: .trusted)["keys"]?.array)
    let key = Curve25519.Signing.PrivateKey()
    let added: JSON = [
      "kty": "OKP", "crv": "Ed25519", "kid": "next", "alg": "EdDSA", "use": "sig",
      "x": .string(Base64URL.text(key.publicKey.rawRepresentation)),
    ]
    let sync = try Executable(.sync, ["BREATH_JWKS": (["keys": .array(old + [added])] as JSON).text])
    var next = claims
    next.header["kid"] = "next"
    for token in [device.accessToken, try next.token(key: key)] {
      #expect(try sync.answer(Event("POST", "", token: token, json: [:])).outcome == "200")
    }
    #expect(try sync.answer(Event("POST", "", token: next.token(), json: [:])).outcome == "401 invalid_token")
  }
}
