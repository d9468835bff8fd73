import Crypto
import Foundation
import StrictJSON
import TestSupport
import Testing

/// What an access token says, to be signed as `auth` does it, or wrongly.
struct TokenClaims {
  var account: String, device: String
  var issuer = "breath-master-sync"
  var audience: JSON = ["breath-master-sync"]
  var lifetime = 900.0
  var header: [String: JSON] = [:]
  var extra: [String: JSON] = [:]

  init(account: String, device: String) {
    self.account = account
    self.device = device
  }

  init(of device: Device, role: JSON = "person") {
    self.init(account: device.account, device: device.id)
    extra["role"] = role
  }

  /// - Parameter key: nil for the one that `auth` has.
  func token(key: Curve25519.Signing.PrivateKey? = nil) throws -> String {
    let jwk = try JSON(parsing: TestEnvironment.value("BREATH_SIGNING_KEY"), limits: .trusted)
    let own = try Curve25519.Signing.PrivateKey(rawRepresentation: Base64URL.bytes(#require(jwk["d"]?.string)))
    var header = JSONObject([("alg", "EdDSA"), ("typ", "at+jwt"), ("kid", jwk["kid"] ?? .null)])
    for (name, value) in self.header { header[name] = value }
    let now = Date().timeIntervalSince1970.rounded(.down)
    var payload = JSONObject([
      ("iss", .string(issuer)), ("aud", audience), ("sub", .string(account)), ("did", .string(device)),
      ("tid", "00000000-0000-4000-8000-000000000001"), ("role", "person"), ("scope", "sync stats"), ("gen", 1),
      ("iat", .double(now - 1)), ("exp", .double(now + lifetime)),
    ])
    for (name, value) in extra { payload[name] = value }
    let signed = [header, payload].map { Base64URL.text(JSON.object($0).text.utf8) }.joined(separator: ".")
    return "\(signed).\(Base64URL.text(try (key ?? own).signature(for: Data(signed.utf8))))"
  }
}
