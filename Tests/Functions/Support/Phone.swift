import Crypto
import Foundation
import FunctionRuntime
import StrictJSON
import Testing

/// An authenticator app: RFC 6238 from the page, apart from the code that is tested.
struct Phone: Sendable {
  let secret: [UInt8]

  init(secret base32: String) throws {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    let bits = try base32.map { symbol in
      let value = try #require(alphabet.firstIndex(of: symbol))
      let digits = String(value, radix: 2)
      return String(repeating: "0", count: 5 - digits.count) + digits
    }.joined()
    secret = stride(from: 0, to: bits.count - 7, by: 8).map { start in
      UInt8(bits.dropFirst(start).prefix(8), radix: 2)!
    }
  }

  /// - Parameter steps: how many half minutes from now.
  func code(after steps: Int = 0) -> String {
    let counter = UInt64(Int(Date().timeIntervalSince1970) / 30 + steps).bigEndian
    let message = unsafe withUnsafeBytes(of: counter) { unsafe Data($0) }
    let mac = Array(HMAC<Insecure.SHA1>.authenticationCode(for: message, using: SymmetricKey(data: secret)))
    let start = Int(mac[19] & 0xF)
    let number = mac[start...start + 3].reduce(0) { $0 * 256 + Int($1) } % (1 << 31)
    return String(String(number % 1_000_000 + 1_000_000).dropFirst())
  }

  func totp(after steps: Int = 0) -> JSON { ["totp": .string(code(after: steps))] }
}

extension Person {
  func offerSecondFactor() throws -> Phone {
    let reply = try device.call(.auth, "POST", "/totp", json: ["password": .string(password)])
    try #require(reply.status == 201, "\(reply.line)")
    return try Phone(secret: try reply.text("secret"))
  }

  func confirm(_ code: String) throws -> Reply {
    try device.call(.auth, "POST", "/totp/confirm", json: ["code": .string(code)])
  }

  /// On, with a code of this half minute that is used up.
  func turnOnSecondFactor() throws -> Phone {
    let phone = try offerSecondFactor()
    let reply = try confirm(phone.code())
    try #require(reply.status == 200, "\(reply.line)")
    return phone
  }

  func turnOffSecondFactor(password: String? = nil, _ code: JSON) throws -> Reply {
    var body = code.object ?? JSONObject()
    body["password"] = .string(password ?? self.password)
    return try device.call(.auth, "DELETE", "/totp", json: .object(body))
  }
}
