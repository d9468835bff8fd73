import Backend
import Crypto

/// A secret that is mailed to somebody: 256 random bits, and before them the blind index of the address it is for, by which
/// the account is found without a look-up across accounts. Only its hash is stored.
package struct OneTimeToken: Hashable, Sendable {
  package static let lifetimeSeconds = 1200.0
  private static let indexBytes = 32, secretBytes = 32

  package let addressIndex: [UInt8]
  private let secret: [UInt8]

  package init(for addressIndex: [UInt8]) {
    self.addressIndex = addressIndex
    secret = RandomSecret.bytes(OneTimeToken.secretBytes)
  }

  /// Nil when it cannot be one.
  package init?(_ text: String) {
    guard let bytes = Base64URL.decodePasted(text),
      bytes.count == OneTimeToken.indexBytes + OneTimeToken.secretBytes
    else { return nil }
    addressIndex = Array(bytes[..<OneTimeToken.indexBytes])
    secret = Array(bytes[OneTimeToken.indexBytes...])
  }

  package var text: String { Base64URL.encode(addressIndex + secret) }
  package var hash: [UInt8] { Array(SHA256.hash(data: Array("one-time token ".utf8) + addressIndex + secret)) }
}
