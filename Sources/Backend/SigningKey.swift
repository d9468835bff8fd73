package import Crypto
import FoundationEssentials
package import StrictJSON

/// An Ed25519 key pair as a JSON Web Key (RFC 8037), the form it has in `BREATH_SIGNING_KEY`.
package struct SigningKey: Sendable {
  package let id: String
  package let privateKey: Curve25519.Signing.PrivateKey

  /// A new one, named by its thumbprint (RFC 7638).
  package init() {
    self.init(privateKey: Curve25519.Signing.PrivateKey())
  }

  private init(privateKey: Curve25519.Signing.PrivateKey) {
    self.privateKey = privateKey
    let x = Base64URL.encode(privateKey.publicKey.rawRepresentation)
    let canonical = "{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"\(x)\"}"
    id = String(Base64URL.encode(SHA256.hash(data: Array(canonical.utf8))).prefix(16))
  }

  /// - Parameter jwk: what `privateJWK` printed; nil for anything else.
  package init?(jwk: String) {
    guard let key = try? JSON(parsing: jwk, limits: .request), key["kty"]?.string == "OKP",
      key["crv"]?.string == "Ed25519", let seed = key["d"]?.string.flatMap(Base64URL.decode),
      let privateKey = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed)
    else { return nil }
    self.init(privateKey: privateKey)
  }

  package var publicMembers: JSON {
    [
      "kty": "OKP", "crv": "Ed25519", "x": .string(Base64URL.encode(privateKey.publicKey.rawRepresentation)),
      "kid": .string(id), "alg": "EdDSA", "use": "sig",
    ]
  }

  /// `BREATH_JWKS`: what every function may know.
  package var publicJWKS: String { JSON.object(JSONObject([("keys", .array([publicMembers]))])).text }

  /// `BREATH_SIGNING_KEY`: for auth alone.
  package var privateJWK: String {
    var members = publicMembers.object ?? JSONObject()
    members["d"] = .string(Base64URL.encode(privateKey.rawRepresentation))
    return JSON.object(members).text
  }
}
