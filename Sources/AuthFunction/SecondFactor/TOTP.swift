import Backend
import Crypto
package import FoundationEssentials

/// Codes that change with time (RFC 6238), as every authenticator app makes them: HMAC-SHA-1, six digits, steps of thirty
/// seconds. SHA-1 is what the apps know; HMAC does not need it to be free of collisions.
package struct TOTP: Sendable {
  static let secretBytes = 20, digits = 6
  private static let stepSeconds = 30.0
  /// Steps that a phone's clock may be ahead or behind.
  private static let tolerance: Int64 = 1
  private static let issuer = "Breath Master"

  let secret: [UInt8]

  package init(secret: [UInt8]) { self.secret = secret }

  static func random() -> TOTP { TOTP(secret: RandomSecret.bytes(secretBytes)) }

  package func code(at date: Date, digits: Int = digits) -> String {
    code(ofStep: TOTP.step(at: date), digits: digits)
  }

  /// The step that a code belongs to, one before and one after this moment included. All are compared, each in constant time.
  package func step(of code: String, at date: Date) -> Int64? {
    let now = TOTP.step(at: date)
    let typed = Array(code.utf8)
    return (now - TOTP.tolerance...now + TOTP.tolerance).reduce(nil) { found, step in
      isEqualInConstantTime(Array(self.code(ofStep: step, digits: TOTP.digits).utf8), typed) ? step : found
    }
  }

  /// What a phone reads as a picture.
  var uri: String {
    let name = TOTP.issuer.replacing(" ", with: "%20")
    return """
      otpauth://totp/\(name)?secret=\(base32)&issuer=\(name)&algorithm=SHA1&digits=\(TOTP.digits)\
      &period=\(Int(TOTP.stepSeconds))
      """
  }

  /// RFC 4648, section 6. Twenty bytes need no padding.
  var base32: String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    var (text, buffer, bits) = ("", UInt32(0), 0)
    for byte in secret {
      buffer = buffer << 8 | UInt32(byte)
      bits += 8
      while bits >= 5 {
        bits -= 5
        text.append(alphabet[Int(buffer >> UInt32(bits) & 31)])
      }
    }
    return text
  }

  private static func step(at date: Date) -> Int64 { Int64((date.timeIntervalSince1970 / stepSeconds).rounded(.down)) }

  /// RFC 4226, section 5.3.
  private func code(ofStep step: Int64, digits: Int) -> String {
    let counter = (0..<8).map { UInt8(truncatingIfNeeded: step >> Int64(56 - 8 * $0)) }
    let mac = Array(HMAC<Insecure.SHA1>.authenticationCode(for: counter, using: SymmetricKey(data: secret)))
    let offset = Int(mac[mac.count - 1] & 15)
    let number = mac[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
    let modulus = (0..<digits).reduce(UInt32(1)) { product, _ in product * 10 }
    let text = String(number % modulus)
    return String(repeating: "0", count: digits - text.utf8.count) + text
  }
}
