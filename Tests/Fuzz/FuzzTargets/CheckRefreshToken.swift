import Backend
import Crypto
import Foundation

/// Makes refresh tokens as `auth` does, by other code.
enum RefreshMint {
  static let key = [UInt8](repeating: 9, count: 32)
  static let token = text([2] + (0..<40))

  /// - Parameter body: form, account, session, counter.
  static func text(_ body: [UInt8]) -> String {
    let sessionKey = HKDF<SHA256>.deriveKey(
      inputKeyMaterial: SymmetricKey(data: key), salt: body[17..<33], info: Data("breath refresh session".utf8),
      outputByteCount: 32)
    let mac = HMAC<SHA256>.authenticationCode(for: body, using: sessionKey).prefix(16)
    return "bm_r_" + base64URL(Data(body + mac))
  }
}

/// Refused, unless it is the one spelling of a token with our MAC. The input is also taken for a token's body, whose token
/// is good when its form is known.
func checkRefreshToken(_ input: [UInt8]) throws {
  let text = String(decoding: input, as: UTF8.self)
  if UntrustedInput.isRefreshToken(text, key: RefreshMint.key) {
    let bytes = base64URLBytes(String(text.dropFirst(5))) ?? []
    try require(text == RefreshMint.text(Array(bytes.prefix(41))), "a refresh token that we did not mint")
  }
  guard input.count == 41 else { return }
  let minted = RefreshMint.text(input)
  try require(
    UntrustedInput.isRefreshToken(minted, key: RefreshMint.key) == (input[0] == 2), "a token of ours is refused")
}
