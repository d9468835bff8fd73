import BreathDomain
import Crypto

/// 128 bits of SHA-256 over a record's key and content. The xor of all of them, with their count, tells whether two
/// copies of an account hold the same records, in whatever order they came (RELIABILITY 2.3).
struct RecordHash: Hashable {
  let high, low: Int64

  init(_ session: Session, of device: DeviceID) {
    let text = "session \(device.uuid.lowercased) \(session.canonicalText)"
    let bytes = Array(SHA256.hash(data: Array(text.utf8)).prefix(16))
    high = RecordHash.integer(bytes[0..<8])
    low = RecordHash.integer(bytes[8..<16])
  }

  private static func integer(_ bytes: ArraySlice<UInt8>) -> Int64 {
    Int64(bitPattern: bytes.reduce(0) { $0 << 8 | UInt64($1) })
  }
}

/// Over all records of an account.
struct Digest {
  let count, high, low: Int64

  /// `<count>-<32 hexadecimal digits>`
  var text: String { "\(count)-\(Digest.hex(high))\(Digest.hex(low))" }

  private static func hex(_ value: Int64) -> String {
    let digits = String(UInt64(bitPattern: value), radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }
}
