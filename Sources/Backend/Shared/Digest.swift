import BreathDomain
import Crypto
import FoundationEssentials

/// The first 128 bits of SHA-256 over a record's key and content. The xor of all of them, with their count, tells whether
/// two copies of an account hold the same records, in whatever order they came (RELIABILITY 2.3, docs/sync.md).
struct Hash: Hashable {
  var high: Int64 = 0, low: Int64 = 0

  init(high: Int64 = 0, low: Int64 = 0) {
    self.high = high
    self.low = low
  }

  init(ofRecord text: String) {
    let bytes = Array(SHA256.hash(data: Array(text.utf8)).prefix(16))
    high = Hash.integer(bytes[0..<8])
    low = Hash.integer(bytes[8..<16])
  }

  init(_ session: Session, of device: UUID) {
    self.init(ofRecord: "session \(device.lowercased) \(session.canonicalText)")
  }

  private static func integer(_ bytes: ArraySlice<UInt8>) -> Int64 {
    Int64(bitPattern: bytes.reduce(0) { $0 << 8 | UInt64($1) })
  }
}

/// Over all records of an account.
struct Digest: Equatable {
  var count: Int64 = 0, high: Int64 = 0, low: Int64 = 0

  mutating func add(_ hash: Hash) {
    count += 1
    high ^= hash.high
    low ^= hash.low
  }

  /// `<count>-<32 hexadecimal digits>`
  var text: String { "\(count)-\(Digest.hex(high))\(Digest.hex(low))" }

  private static func hex(_ value: Int64) -> String {
    let digits = String(UInt64(bitPattern: value), radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }
}
