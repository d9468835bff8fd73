import Backend
import Crypto
import FoundationEssentials
import FunctionRuntime
import JWTKit
import Postgres
import StrictJSON

/// A device that the database has let in.
struct Admitted: Sendable {
  let account: AccountID
  let device: DeviceID
  let tenant: UUID
  /// The generation of the device's access tokens; advanced to refuse all that were given out before.
  let generation: Int32
  var role: Role
}

extension Admitted {
  /// - Parameters:
  ///   - account: where the row does not say it.
  ///   - row: of a function that lets a device in: tenant and generation, and account.
  init(_ row: Row, account: UUID? = nil, to device: DeviceID, as role: Role = .person) throws(PostgresError) {
    let entered: UUID = if let account { account } else { try row["account"] }
    self.init(
      account: AccountID(uuid: entered), device: device, tenant: try row["tenant"], generation: try row["generation"],
      role: role)
  }
}

/// What only `auth` can do: sign access tokens and mint refresh tokens.
struct TokenIssuer: Sendable {
  private let keys: JWTKeyCollection
  private let keyID: JWKIdentifier
  private let issuer: String
  let refreshKey: SymmetricKey

  static let accessSeconds = 900

  init(_ configuration: Configuration) async throws {
    guard let key = SigningKey(jwk: try configuration.required(.signingKey)) else {
      throw Configuration.Failure.malformed(.signingKey)
    }
    guard let secret = Base64URL.decode(try configuration.required(.refreshKey)), secret.count >= 32 else {
      throw Configuration.Failure.malformed(.refreshKey)
    }
    keyID = JWKIdentifier(string: key.id)
    keys = JWTKeyCollection()
    await keys.add(eddsa: EdDSA.PrivateKey(backing: key.privateKey), kid: keyID)
    issuer = configuration.issuer
    refreshKey = SymmetricKey(data: secret)
  }

  /// The reply to a device that was let in (RFC 6749, 5.1, with our member names).
  func grant(_ admitted: Admitted, refresh: RefreshToken, now: Date) async throws -> JSON {
    [
      "account": .string(admitted.account.uuid.lowercased), "device": .string(admitted.device.uuid.lowercased),
      "accessToken": .string(try await accessToken(admitted, now)), "tokenType": "Bearer",
      "expiresIn": JSON(TokenIssuer.accessSeconds), "refreshToken": .string(refresh.text(refreshKey)),
    ]
  }

  private func accessToken(_ admitted: Admitted, _ now: Date) async throws -> String {
    let claims = AccessClaims(
      issuer: issuer, tenant: admitted.tenant, account: admitted.account, device: admitted.device,
      role: admitted.role, generation: admitted.generation, issuedAt: now, seconds: TokenIssuer.accessSeconds)
    return try await keys.sign(claims, kid: keyID, header: ["typ": .string(AccessClaims.type)])
  }

  /// That an account was erased, to be kept by its owner.
  func receipt(for account: AccountID, now: Date) async throws -> String {
    try await keys.sign(
      Receipt(account, issuer: issuer, at: now), kid: keyID, header: ["typ": .string(Receipt.type)])
  }
}
