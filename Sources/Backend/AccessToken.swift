package import FoundationEssentials
package import FunctionRuntime
package import JWTKit
package import StrictJSON

/// The claims of an access token: an EdDSA JWT (RFC 7519, RFC 8037) that lives for 15 minutes.
package struct AccessClaims: JWTPayload {
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
  package static let type = "at+jwt"

  /// - Parameter seconds: it lives for so long.
  package init(
    issuer: String, tenant: UUID, account: AccountID, device: DeviceID, role: Role, generation: Int32, issuedAt: Date,
    seconds: Int
  ) {
    // Whole seconds: a NumericDate may have a fraction (RFC 7519, 2), but not every library reads one.
    let now = Date(timeIntervalSince1970: issuedAt.timeIntervalSince1970.rounded(.down))
    iss = IssuerClaim(value: issuer)
    aud = Audience([AccessClaims.audience])
    sub = SubjectClaim(value: account.uuid.lowercased)
    (did, tid) = (device.uuid.lowercased, tenant.lowercased)
    (self.role, scope, gen) = (role.rawValue, "sync stats", generation)
    iat = IssuedAtClaim(value: now)
    exp = ExpirationClaim(value: now.addingTimeInterval(Double(seconds)))
  }

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

  package func verify(using algorithm: some JWTAlgorithm) throws {
    try exp.verifyNotExpired()
    guard aud.names.contains(AccessClaims.audience) else { throw Audience.NotUs() }
  }
}

/// RFC 7519, 4.1.3: one name, or a list of them. Not jwt-kit's `AudienceClaim`, which ends the process at an empty list.
package struct Audience: Codable, Equatable {
  var names: [String]

  struct NotUs: Error {}

  init(_ names: [String]) { self.names = names }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let name = try? container.decode(String.self) {
      names = [name]
    } else {
      names = try container.decode([String].self)
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if names.count == 1 { try container.encode(names[0]) } else { try container.encode(names) }
  }
}

/// Tells from a request's bearer token who calls. Holds public keys only.
///
/// Not `Sendable`: it remembers the tokens it has verified, for the one loop that asks.
package final class Authenticator {
  private let keys: JWTKeyCollection
  private let issuer: String
  private var verified = VerifiedTokens()
  /// As `/jwks.json` shows them.
  package let publicKeys: JSON

  init(_ configuration: Configuration) async throws {
    let text = try configuration.required(.jwks)
    guard let members = try? JSON(parsing: text, limits: .request)["keys"]?.array, !members.isEmpty else {
      throw Configuration.Failure.malformed(.jwks)
    }
    keys = JWTKeyCollection()
    for key in members {
      guard key["kty"]?.string == "OKP", key["crv"]?.string == "Ed25519", let x = key["x"]?.string,
        let kid = key["kid"]?.string, let publicKey = try? EdDSA.PublicKey(x: x, curve: .ed25519)
      else { throw Configuration.Failure.malformed(.jwks) }
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

  /// - Parameter scope: what an API key must have been made for; nil where only a device's own token will do.
  /// - Throws: 401 when there is no token, or one that is not ours, altered, expired, or for something else.
  package func caller(of request: Request, for scope: Scope? = nil) async throws -> Caller {
    switch try Credential(request, keysInBasic: false) {
    case .token(let token): try await caller(by: token)
    case .key(let key): try caller(by: key, for: scope)
    case .wakaTimeKey:
      throw scope.map { Problem.scopeMissing($0.rawValue) } ?? .notForKeys
    }
  }

  /// Who asks for a view.
  /// - Parameter keysInBasic: an API key may also come as a user's name, as clients of WakaTime send it.
  /// - Throws: as `caller`.
  package func asker(of request: Request, keysInBasic: Bool = false) async throws -> Asker {
    switch try Credential(request, keysInBasic: keysInBasic) {
    case .token(let token): .caller(try await caller(by: token))
    case .key(let key): .caller(try caller(by: key, for: .readStats))
    case .wakaTimeKey(let key): .wakaTimeKey(key)
    }
  }

  /// Whether the key is good is for the pipeline to find out.
  private func caller(by key: APIKey, for scope: Scope?) throws -> Caller {
    guard let scope else { throw Problem.notForKeys }
    return Caller(account: key.account, device: key.device, proof: .key(hash: key.hash, for: scope))
  }

  private func caller(by token: String) async throws -> Caller {
    guard let caller = await verifiedCaller(by: token) else { throw Problem.unauthenticated() }
    return caller
  }

  /// Nil for whatever reason: a caller is not told which check failed.
  private func verifiedCaller(by token: String) async -> Caller? {
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
      let tenant = UUID(uuidString: claims.tid), let role = Role(rawValue: claims.role)
    else { return nil }
    self.init(
      account: AccountID(uuid: account), device: DeviceID(uuid: device),
      proof: .token(tenant: TenantID(uuid: tenant), generation: claims.gen, role))
  }
}
