internal import Glibc

/// An address of IPv4 or IPv6. One of IPv4 in IPv6's clothes (`::ffff:192.0.2.1`) is that of IPv4, as a socket for both
/// shows it.
package struct IPAddress: Hashable, Sendable {
  /// Four, or sixteen, in network order.
  let bytes: [UInt8]

  /// Nil for whatever is no plain address: names, ports, zones and leading zeros among them.
  package init?(_ text: some StringProtocol) {
    let text = String(text)
    if let bytes = IPAddress.parsed(text, AF_INET, count: 4) {
      self.bytes = bytes
    } else if let bytes = IPAddress.parsed(text, AF_INET6, count: 16) {
      self.bytes = bytes.starts(with: IPAddress.mappedPrefix) ? Array(bytes.suffix(4)) : bytes
    } else {
      return nil
    }
  }

  init(bytes: [UInt8]) { self.bytes = bytes }

  private static let mappedPrefix: [UInt8] = Array(repeating: 0, count: 10) + [0xFF, 0xFF]

  private static func parsed(_ text: String, _ family: CInt, count: Int) -> [UInt8]? {
    guard !text.utf8.contains(0) else { return nil }
    var bytes = [UInt8](repeating: 0, count: count)
    return unsafe inet_pton(family, text, &bytes) == 1 ? bytes : nil
  }

  /// With what lies behind the first `length` bits cleared.
  func network(length: Int) -> IPAddress {
    IPAddress(
      bytes: bytes.enumerated().map { index, byte in
        let kept = min(max(length - index * 8, 0), 8)
        return byte & UInt8(truncatingIfNeeded: 0xFF00 >> kept)
      })
  }

  /// What one customer has at least: an address, or 64 bits of IPv6.
  var customer: IPAddress { bytes.count == 4 ? self : network(length: 64) }
}

extension IPAddress: CustomStringConvertible {
  /// As RFC 5952 writes it.
  package var description: String {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    let family = bytes.count == 4 ? AF_INET : AF_INET6
    guard unsafe inet_ntop(family, bytes, &text, socklen_t(text.count)) != nil else { return "" }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

/// Addresses with the same first bits: `192.0.2.0/24`, `2001:db8::/32`; without a length, one address.
struct IPNetwork: Hashable, Sendable {
  let first: IPAddress
  let length: Int

  init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let address = parts.first.flatMap({ IPAddress($0) }) else { return nil }
    let bits = address.bytes.count * 8
    guard parts.count == 2 else {
      (first, length) = (address, bits)
      return
    }
    // Counted in the family it is written in; one that is written mapped and cut inside of the prefix is none of ours.
    guard parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let length = Int(parts[1]), length <= bits,
      parts[0].contains(":") == (bits == 128)
    else { return nil }
    self.length = length
    first = address.network(length: length)
  }

  func contains(_ address: IPAddress) -> Bool {
    address.bytes.count == first.bytes.count && address.network(length: length) == first
  }
}
