import FoundationEssentials
import FunctionRuntime
import JWTKit
import StrictJSON

/// The claims of an access token: an EdDSA JWT (RFC 7519, RFC 8037) that lives for 15 minutes.
struct AccessClaims: JWTPayload {
  var iss: IssuerClaim
  var aud: Audience
  var sub: SubjectClaim
  var did: String
  var tid: String
  var role: String
  var scope: String
  /// Token generation of the device.
  var gen: Int32
  var iat: IssuedAtClaim
  var exp: ExpirationClaim

  static let audience = "breath-master-sync"
  /// RFC 9068: so that no other kind of token passes for one of these.
  static let type = "at+jwt"

  /// Our algorithm and our type, exactly: the key decides how a token is verified, but one that claims something else
  /// is not ours (RFC 8725, 3.1 and 3.11).
  static func hasOurHeader(_ token: String) -> Bool {
    guard let first = token.split(separator: ".", maxSplits: 1).first, let bytes = Base64URL.decode(String(first)),
      let header = try? JSON(parsing: bytes, limits: .request)
    else { return false }
    return header["alg"]?.string == "EdDSA" && header["typ"]?.string == type
  }

  func verify(using algorithm: some JWTAlgorithm) throws {
    try exp.verifyNotExpired()
    guard aud.names.contains(AccessClaims.audience) else { throw Audience.NotUs() }
  }
}

/// RFC 7519, 4.1.3: one name, or a list of them. Not jwt-kit's `AudienceClaim`, which ends the process at an empty list.
struct Audience: Codable, Equatable {
  var names: [String]

  struct NotUs: Error {}

  init(_ names: [String]) { self.names = names }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let name = try? container.decode(String.self) {
      names = [name]
    } else {
      names = try container.decode([String].self)
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if names.count == 1 { try container.encode(names[0]) } else { try container.encode(names) }
  }
}

/// Tells from a request's bearer token who calls. Holds public keys only.
struct Authenticator: Sendable {
  private let keys: JWTKeyCollection
  private let issuer: String
  /// As `/jwks.json` shows them.
  let publicKeys: JSON

  init(_ configuration: Configuration) async throws {
    let text = try configuration.required("BREATH_JWKS")
    guard let members = try? JSON(parsing: text, limits: .request)["keys"]?.array, !members.isEmpty else {
      throw Configuration.Failure.malformed("BREATH_JWKS")
    }
    keys = JWTKeyCollection()
    for key in members {
      guard key["kty"]?.string == "OKP", key["crv"]?.string == "Ed25519", let x = key["x"]?.string,
        let kid = key["kid"]?.string, let publicKey = try? EdDSA.PublicKey(x: x, curve: .ed25519)
      else { throw Configuration.Failure.malformed("BREATH_JWKS") }
      await keys.add(eddsa: publicKey, kid: JWKIdentifier(string: kid))
    }
    publicKeys = ["keys": .array(members.map(Authenticator.publicMembers))]
    issuer = configuration.issuer
  }

  /// By name, so that a private member set by mistake is never shown.
  private static func publicMembers(_ key: JSON) -> JSON {
    .object(
      JSONObject(
        ["kty", "crv", "x", "kid", "alg", "use"].compactMap { name in key[name].map { (key: name, value: $0) } }))
  }

  /// - Throws: 401 when there is no token, or one that is not ours, altered, expired, or for something else.
  func caller(of request: Request) async throws -> Caller {
    guard let header = request.headers["authorization"] else {
      throw Problem.unauthenticated(
        code: "unauthenticated", detail: "Send an access token: Authorization: Bearer …", tokenPresented: false)
    }
    let parts = header.split(separator: " ", omittingEmptySubsequences: true)
    guard parts.count == 2, parts[0].lowercased() == "bearer", let claims = await claims(of: String(parts[1])),
      let account = UUID(uuidString: claims.sub.value), let device = UUID(uuidString: claims.did),
      let tenant = UUID(uuidString: claims.tid)
    else { throw Problem.unauthenticated() }
    return Caller(
      account: AccountID(uuid: account), device: DeviceID(uuid: device), tenant: tenant,
      tokenGeneration: claims.gen)
  }

  /// Nil for whatever reason: a caller is not told which check failed.
  private func claims(of token: String) async -> AccessClaims? {
    guard token.utf8.count <= 2048, AccessClaims.hasOurHeader(token),
      let claims = try? await keys.verify(token, as: AccessClaims.self),
      claims.iss.value == issuer
    else { return nil }
    return claims
  }
}
