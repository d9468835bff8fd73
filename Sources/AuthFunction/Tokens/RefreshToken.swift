import Backend
package import Crypto
import FoundationEssentials

/// A refresh token: which session, which turn, and a MAC that only `auth` can make. The database holds no secret that
/// mints one, and the same turn always gives the same token, so several windows that refresh at once agree. Each session
/// has a key of its own, derived from the environment's (HKDF, RFC 5869).
///
/// `bm_r_` + base64url(form, account, session, counter, first 16 bytes of HMAC-SHA-256)
package struct RefreshToken: Hashable {
  let account: AccountID
  let session: UUID
  let counter: Int64

  private static let prefix = "bm_r_", form: UInt8 = 2, bodyBytes = 41, macBytes = 16

  func text(_ key: SymmetricKey) -> String {
    RefreshToken.prefix + Base64URL.encode(body + mac(key))
  }

  init(account: AccountID, session: UUID, counter: Int64) {
    self.account = account
    self.session = session
    self.counter = counter
  }

  /// Nil unless `text` made it with this key.
  package init?(_ text: String, _ key: SymmetricKey) {
    guard text.hasPrefix(RefreshToken.prefix), text.utf8.count < 128,
      let bytes = Base64URL.decode(String(text.dropFirst(RefreshToken.prefix.count))),
      bytes.count == RefreshToken.bodyBytes + RefreshToken.macBytes, bytes[0] == RefreshToken.form
    else { return nil }
    account = AccountID(uuid: UUID(bytes: bytes[1..<17]))
    session = UUID(bytes: bytes[17..<33])
    counter = bytes[33..<41].reduce(0) { $0 << 8 | Int64($1) }
    guard isEqualInConstantTime(mac(key), Array(bytes[41...])) else { return nil }
  }

  private var body: [UInt8] {
    [RefreshToken.form] + account.uuid.bytes + session.bytes
      + (0..<8).reversed().map { UInt8(truncatingIfNeeded: counter >> ($0 * 8)) }
  }

  private func mac(_ key: SymmetricKey) -> [UInt8] {
    let sessionKey = HKDF<SHA256>.deriveKey(
      inputKeyMaterial: key, salt: session.bytes, info: Array("breath refresh session".utf8), outputByteCount: 32)
    return Array(HMAC<SHA256>.authenticationCode(for: body, using: sessionKey).prefix(RefreshToken.macBytes))
  }
}

/// Takes as long for any two of one length, wherever they differ.
func isEqualInConstantTime(_ a: [UInt8], _ b: [UInt8]) -> Bool {
  guard a.count == b.count else { return false }
  return zip(a, b).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
}
