/// Bytes from nothing, and real input damaged as streams, copies and attackers damage it.
package enum AnyBytes {
  package static func any(_ random: inout Seeded, countMax: Int = 64) -> [UInt8] {
    (0..<Int.random(in: 0...countMax, using: &random)).map { _ in UInt8.random(in: .min ... .max, using: &random) }
  }

  /// - Parameter other: what pieces may come from.
  package static func mutated(_ bytes: [UInt8], with other: [UInt8], _ random: inout Seeded) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...4, using: &random) { mutate(&bytes, with: other, &random) }
    return bytes
  }

  private static func mutate(_ bytes: inout [UInt8], with other: [UInt8], _ random: inout Seeded) {
    guard !bytes.isEmpty else {
      bytes = any(&random)
      return
    }
    let place = Int.random(in: bytes.indices, using: &random)
    switch Int.random(in: 0..<8, using: &random) {
    case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 1: bytes[place] = UInt8.random(in: .min ... .max, using: &random)
    case 2: bytes.removeSubrange(piece(of: bytes, from: place, &random))
    case 3: bytes.removeSubrange(place...)
    case 4: bytes.insert(contentsOf: bytes[piece(of: bytes, from: place, &random)], at: place)
    case 5: bytes.insert(contentsOf: random.pick(tokens), at: place)
    case 6: bytes[place] = random.pick(Array(#"{}[]",:\.-+0129eEtfnu \#n%&="#.utf8))
    default:
      guard !other.isEmpty else { return }
      let start = Int.random(in: other.indices, using: &random)
      bytes.insert(contentsOf: other[piece(of: other, from: start, &random)], at: place)
    }
  }

  private static func piece(of bytes: [UInt8], from start: Int, _ random: inout Seeded) -> Range<Int> {
    start..<Int.random(in: start...min(start + 64, bytes.count), using: &random)
  }

  private static let tokens: [[UInt8]] =
    [
      "null", "true", "\\u0000", "\\ud800", "\\udc00", "1e999", "-0", "9223372036854775808", "0.1", "[[", "{\"a\":",
      "\\",
      "\r\n", "%00", "%zz", "\u{FEFF}", "\u{2028}", "__ow_body", "http", "value",
    ].map { Array($0.utf8) } + [[0], [0x80], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xFF], [0xF4, 0x90, 0x80, 0x80]]
}
