import Backend
package import BreathDomain
import Crypto
package import FoundationEssentials

/// The first 128 bits of SHA-256 over a record's key and content. The xor of all of them, with their count, tells whether
/// two copies of an account hold the same records, in whatever order they came (docs/sync.md).
package struct Hash: Hashable {
  package var high: Int64 = 0, low: Int64 = 0

  package init(high: Int64 = 0, low: Int64 = 0) {
    self.high = high
    self.low = low
  }

  package init(ofRecord text: String) { self.init(ofRecord: Array(text.utf8)) }

  package init(ofRecord bytes: [UInt8]) {
    for (index, byte) in SHA256.hash(data: bytes).prefix(16).enumerated() {
      if index < 8 { high = high << 8 | Int64(byte) } else { low = low << 8 | Int64(byte) }
    }
  }

  package init(_ session: Session, of device: UUID) {
    self.init(session, prefix: Hash.prefix(of: device))
  }

  /// - Parameter prefix: of the session's device; made once for all of a push.
  package init(_ session: Session, prefix: [UInt8]) {
    var bytes = prefix
    bytes.reserveCapacity(prefix.count + 128)
    session.writeCanonicalText(into: &bytes)
    self.init(ofRecord: bytes)
  }

  package static func prefix(of device: UUID) -> [UInt8] { Array("session \(device.lowercased) ".utf8) }
}

/// Over all records of an account.
package struct Digest: Equatable {
  package var count: Int64, high: Int64, low: Int64

  package init(count: Int64 = 0, high: Int64 = 0, low: Int64 = 0) {
    (self.count, self.high, self.low) = (count, high, low)
  }

  package mutating func add(_ hash: Hash) {
    count += 1
    high ^= hash.high
    low ^= hash.low
  }

  /// `<count>-<32 hexadecimal digits>`
  package var text: String { "\(count)-\(Digest.hex(high))\(Digest.hex(low))" }

  private static func hex(_ value: Int64) -> String {
    let digits = String(UInt64(bitPattern: value), radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }
}
