import Crypto

/// The first 16 bytes of SHA-256 over a record's line.
package struct RecordHash: Hashable, Sendable {
  package let high: UInt64
  package let low: UInt64

  package init(_ text: String) {
    var (high, low) = (UInt64(0), UInt64(0))
    for (index, byte) in SHA256.hash(data: Array(text.utf8)).enumerated() {
      if index < 8 { high = high << 8 | UInt64(byte) } else if index < 16 { low = low << 8 | UInt64(byte) }
    }
    (self.high, self.low) = (high, low)
  }

  package static func session(_ canonicalText: String, of device: DeviceID) -> RecordHash {
    RecordHash("session \(device.text) \(canonicalText)")
  }

  package static func deletion(_ key: RecordKey) -> RecordHash {
    RecordHash("deleted \(key.device.text) \(key.id.utf8.count):\(key.id)")
  }

  package static func day(_ key: DayKey, _ reported: DayNumbers) -> RecordHash {
    RecordHash("day \(key.device.text) \(key.date) \(reported.words)")
  }
}

/// Count and xor: the same for the same records in any order.
package struct RecordDigest: Hashable, Sendable, CustomStringConvertible {
  private(set) var count = 0
  private var high: UInt64 = 0
  private var low: UInt64 = 0

  package init() {}

  package mutating func add(_ hash: RecordHash) {
    count += 1
    high ^= hash.high
    low ^= hash.low
  }

  package var description: String { "\(count)-\(RecordDigest.hex(high))\(RecordDigest.hex(low))" }

  private static func hex(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }
}
