import Backend
import Crypto

/// The passwords that everybody tries first (ASVS 5.0, 6.2.4). Not a list but a Bloom filter: it finds every one of them,
/// and takes one good password in thousands for common, which its owner changes by a character.
enum CommonPasswords {
  private static let bits = Base64URL.decode(filter) ?? []

  /// Without regard to case in ASCII.
  static func contain(_ password: String) -> Bool {
    let digest = Array(SHA256.hash(data: password.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }))
    let first = number(digest[0..<8])
    let step = number(digest[8..<16])
    return (0..<hashCount).allSatisfy { index in
      let place = Int((first &+ index &* step) % bitCount)
      return bits[place / 8] & (0x80 >> UInt8(place % 8)) != 0
    }
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
}
