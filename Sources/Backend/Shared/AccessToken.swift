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
  /// is not ours (RFC 8725, 3.1 and 3.11). And spelled as it must be: the library also takes padding, and last
  /// characters whose spare bits are set, so that one token would have many spellings (RFC 7515, 2).
  static func hasOurForm(_ token: String) -> Bool {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false).map { Base64URL.decode(String($0)) }
    guard parts.count == 3, !parts.contains(nil), let first = parts[0],
      let header = try? JSON(parsing: first, limits: .request)
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
///
/// Not `Sendable`: it remembers the tokens it has verified, for the one loop that asks.
final class Authenticator {
  private let keys: JWTKeyCollection
  private let issuer: String
  private var verified = VerifiedTokens()
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

  /// - Parameters:
  ///   - scope: what an API key must have been made for; nil where only a device's own token will do.
  ///   - keysInBasic: an API key may also come as `Basic base64(key)` or `Basic base64(key:)`, as clients of
  ///     WakaTime send it.
  /// - Throws: 401 when there is no token, or one that is not ours, altered, expired, or for something else.
  func caller(of request: Request, for scope: Scope? = nil, keysInBasic: Bool = false) async throws -> Caller {
    guard let header = request.headers["authorization"] else {
      throw Problem.unauthenticated(
        code: "unauthenticated", detail: "Send an access token: Authorization: Bearer …", tokenPresented: false)
    }
    if keysInBasic, let key = Authenticator.basicKey(in: header) { return try caller(byKey: key, for: scope) }
    guard let token = Authenticator.token(of: "bearer", in: header) else { throw Problem.unauthenticated() }
    if token.hasPrefix(APIKey.prefix) { return try caller(byKey: token, for: scope) }
    guard let caller = await caller(by: token) else { throw Problem.unauthenticated() }
    return caller
  }

  /// Whether the key is good is for the flight to find out.
  private func caller(byKey text: String, for scope: Scope?) throws -> Caller {
    guard let key = APIKey(text) else { throw Problem.keyRefused }
    guard let scope else {
      throw Problem(403, code: "not_for_keys", detail: "An API key may not do this. Use a device's access token.")
    }
    return Caller(account: key.account, device: key.device, proof: .key(hash: key.hash, for: scope))
  }

  /// What follows the scheme, in any case, and one space or more (RFC 9110, 11.4); nil unless there are exactly two
  /// words.
  private static func token(of scheme: String, in header: String) -> String? {
    let words = header.utf8.split(separator: UInt8(ascii: " "))
    guard words.count == 2, words[0].count == scheme.utf8.count, String(words[0])?.lowercased() == scheme else {
      return nil
    }
    return String(words[1])
  }

  /// An API key as a user's name without a password (RFC 7617), with or without the colon; nil for anything else.
  private static func basicKey(in header: String) -> String? {
    guard let token = token(of: "basic", in: header), token.utf8.count < 256, let bytes = Data(base64Encoded: token),
      let text = String(validating: bytes, as: UTF8.self), text.hasPrefix(APIKey.prefix)
    else { return nil }
    return text.hasSuffix(":") ? String(text.dropLast()) : text
  }

  /// Nil for whatever reason: a caller is not told which check failed.
  private func caller(by token: String) async -> Caller? {
    guard token.utf8.count <= 2048 else { return nil }
    let key = VerifiedTokens.Key(token)
    if let known = verified.caller(of: key, at: Date()) { return known }
    guard AccessClaims.hasOurForm(token), let claims = try? await keys.verify(token, as: AccessClaims.self),
      claims.iss.value == issuer, let caller = Caller(claims)
    else { return nil }
    verified.add(key, caller, expires: claims.exp.value)
    return caller
  }
}

extension Caller {
  fileprivate init?(_ claims: AccessClaims) {
    guard let account = UUID(uuidString: claims.sub.value), let device = UUID(uuidString: claims.did),
      UUID(uuidString: claims.tid) != nil, let role = Role(rawValue: claims.role)
    else { return nil }
    self.init(
      account: AccountID(uuid: account), device: DeviceID(uuid: device), proof: .token(generation: claims.gen, role))
  }
}
