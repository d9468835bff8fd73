import Backend
import Crypto
import FoundationEssentials
import JWTKit

/// Proof that an account was erased, for who asked for it: a JWT signed with the key that `/jwks.json` shows, of a type of
/// its own, so that it passes for no access token. It names the account by the hash that the server keeps as well.
struct Receipt: JWTPayload {
  static let type = "erasure-receipt+jwt"

  let iss: IssuerClaim
  let iat: IssuedAtClaim
  let account: String
  let statement: String

  init(_ account: AccountID, issuer: String, at time: Date) {
    iss = IssuerClaim(value: issuer)
    iat = IssuedAtClaim(value: Date(timeIntervalSince1970: time.timeIntervalSince1970.rounded(.down)))
    self.account = Base64URL.encode(SHA256.hash(data: account.uuid.bytes))
    statement = "All data of this account was erased; what stays are hashes of its random ids."
  }

  /// Never used: nobody brings a receipt back to us.
  func verify(using algorithm: some JWTAlgorithm) throws {}
}
