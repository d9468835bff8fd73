import Backend
import Foundation
import Testing

/// Addresses against what the system's own reader and writer make of them.
@Suite struct IPAddressTests {
  /// Sixteen bytes or four, with IPv4 in IPv6 as IPv4; nil when neither function reads it.
  private func systemBytes(_ text: String) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: 16)
    if unsafe inet_pton(AF_INET, text, &bytes) == 1 { return Array(bytes.prefix(4)) }
    guard unsafe inet_pton(AF_INET6, text, &bytes) == 1 else { return nil }
    let isMapped = bytes.starts(with: [UInt8](repeating: 0, count: 10) + [255, 255])
    return isMapped ? Array(bytes.suffix(4)) : bytes
  }

  private func systemText(_ bytes: [UInt8]) -> String {
    var text = [CChar](repeating: 0, count: 64)
    unsafe inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes, &text, 64)
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `every spelling of an address is read as the system reads it, and nothing else is`(seed: UInt64) {
    var random = Spelling(seed: seed)
    for _ in 0..<2_000 {
      let text = random.text()
      // With one colon it may be a port, which the system does not know.
      guard text.count(where: { $0 == ":" }) != 1 else { continue }
      #expect(IPAddress(text)?.bytes == systemBytes(text), "\(text)")
    }
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `every address is written as the system writes it`(seed: UInt64) throws {
    var random = Spelling(seed: seed)
    for _ in 0..<1_000 {
      // glibc writes addresses that begin with 96 zeros as IPv4, which RFC 5952 leaves open.
      let bytes = [0x20] + random.sparseBytes(15)
      let text = systemText(bytes)
      let address = try #require(IPAddress(text))
      #expect("\(address)" == text)
    }
  }

  @Test(arguments: 0...128) func `a prefix keeps so many bits`(bits: Int) throws {
    let ones = try #require(IPAddress("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"))
    let kept = ones.prefix(bits: bits).bytes
    #expect(kept.reduce(0) { $0 + $1.nonzeroBitCount } == bits)
    #expect(kept.prefix(bits / 8).allSatisfy { $0 == 255 })
  }

  @Test(arguments: [
    ("[2001:db8::1]", "2001:db8::1"), ("[2001:db8::1]:443", "2001:db8::1"), (" 2001:DB8::1 ", "2001:db8::1"),
    ("fe80::1%eth0", "fe80::1"), ("[fe80::1%25eth0]:80", "fe80::1"), ("192.0.2.7:4711", "192.0.2.7"),
    ("::ffff:192.0.2.7", "192.0.2.7"), ("[::FFFF:C000:0207]:1", "192.0.2.7"),
    ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
    ("2001:0DB8:0:0:0:0:0:1", "2001:db8::1"),
  ])
  func `what proxies put around an address is dropped`(spelling: String, address: String) {
    #expect(IPAddress(spelling)?.description == address)
  }

  @Test(arguments: [
    "", " ", ":", "::%", "[", "[]", "[:]", "[::1", "[::1]x", "[::1]:", "[::1]:x", "::1]", "1.2.3", "1.2.3.4:",
    "1.2.3.4:x",
    "1.2.3.4%eth0", "01.2.3.4", "1.2.3.256", "unknown", "_hidden", "unix:", "2001:db8::1::2", "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7", "12345::", "g::", "1.2.3.4::", "::1.2.3.4.5", "[192.0.2.7]:80", "１::２",
  ])
  func `what is no address is none`(text: String) { #expect(IPAddress(text) == nil) }
}

/// Addresses as somebody may write them, and texts that are nearly addresses.
private struct Spelling {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  private mutating func below(_ bound: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int(state % UInt64(bound))
  }

  mutating func sparseBytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in below(3) == 0 ? UInt8(below(256)) : 0 }
  }

  mutating func text() -> String {
    switch below(8) {
    case 0: v4()
    case 1: broken(v4())
    case 2, 3: broken(v6())
    default: v6()
    }
  }

  private mutating func v4() -> String { (0..<4).map { _ in "\(below(256))" }.joined(separator: ".") }

  private mutating func group() -> String {
    let value = below(3) == 0 ? 0 : below(65_536)
    let digits = String(value, radix: 16, uppercase: below(2) == 0)
    return below(4) == 0 ? String(repeating: "0", count: max(0, 4 - digits.count)) + digits : digits
  }

  private mutating func v6() -> String {
    let tail = below(4) == 0 ? [v4()] : []
    let width = 8 - tail.count * 2
    guard below(3) > 0 else { return ((0..<width).map { _ in group() } + tail).joined(separator: ":") }
    let before = below(width)
    let after = below(width - before)
    let left = (0..<before).map { _ in group() }.joined(separator: ":")
    let right = ((0..<after).map { _ in group() } + tail).joined(separator: ":")
    return below(6) == 0 ? "::ffff:\(v4())" : "\(left)::\(right)"
  }

  /// One character more, less or other.
  private mutating func broken(_ text: String) -> String {
    var characters = Array(text)
    let place = below(characters.count)
    let any = Array("0123456789abcdefABCDEFg:.-")[below(26)]
    switch below(3) {
    case 0: characters.remove(at: place)
    case 1: characters.insert(any, at: place)
    default: characters[place] = any
    }
    return String(characters)
  }
}
