/// An address of the internet, however a proxy spells it.
package struct IPAddress: Hashable, Sendable {
  /// Four or sixteen, in network order.
  package let bytes: [UInt8]

  /// As RFC 4291, 2.2 and RFC 3986, 3.2.2 write them: eight groups, `::` for groups of zero, IPv4 in the last two; also in
  /// brackets, with a zone, with a port. IPv4 in IPv6 (`::ffff:192.0.2.1`) is IPv4. Nil for anything else.
  package init?(_ text: String) {
    guard let bytes = IPAddress.bytes(IPAddress.address(in: Array(text.utf8))) else { return nil }
    self.bytes = bytes.starts(with: IPAddress.mapped) ? Array(bytes.dropFirst(IPAddress.mapped.count)) : bytes
  }

  private static let mapped = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]

  package var isV4: Bool { bytes.count == 4 }

  /// The first so many bits, the rest zero.
  package func prefix(bits: Int) -> IPAddress {
    IPAddress(
      bytes.indices.map { index in
        let kept = min(8, max(0, bits - index * 8))
        return bytes[index] & ~UInt8(truncatingIfNeeded: 0xFF >> kept)
      })
  }

  private init(_ bytes: [UInt8]) { self.bytes = bytes }
}

extension IPAddress: CustomStringConvertible {
  /// As RFC 5952 recommends: lower case, no leading zeros, the longest run of zeros (of two groups or more) shortened.
  package var description: String {
    if isV4 { return bytes.map { "\($0)" }.joined(separator: ".") }
    let groups = stride(from: 0, to: 16, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
    func text(_ part: some Sequence<UInt16>) -> String { part.map { String($0, radix: 16) }.joined(separator: ":") }
    guard let zeros = IPAddress.longestZeros(groups) else { return text(groups) }
    return text(groups[..<zeros.lowerBound]) + "::" + text(groups[zeros.upperBound...])
  }

  /// The first of the longest.
  private static func longestZeros(_ groups: [UInt16]) -> Range<Int>? {
    var longest: Range<Int>?
    for start in groups.indices where groups[start] == 0 {
      let end = groups[start...].firstIndex { $0 != 0 } ?? groups.endIndex
      if end - start >= 2, end - start > (longest?.count ?? 0) { longest = start..<end }
    }
    return longest
  }
}

// MARK: - Reading

extension IPAddress {
  /// Without what stands around it in `X-Forwarded-For` and `Forwarded`: spaces, brackets, port, zone.
  private static func address(in text: [UInt8]) -> ArraySlice<UInt8> {
    let isSpace: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    var address = text.drop(while: isSpace)
    while address.last.map(isSpace) == true { address.removeLast() }
    let colon = UInt8(ascii: ":")
    if address.first == UInt8(ascii: "[") {
      guard let end = address.firstIndex(of: UInt8(ascii: "]")), isPort(address[(end + 1)...]) else { return [] }
      address = address[address.index(after: address.startIndex)..<end]
      guard address.contains(colon) else { return [] }
    } else if let first = address.firstIndex(of: colon), address.lastIndex(of: colon) == first {
      guard isPort(address[first...]) else { return [] }
      return address[..<first]
    }
    guard let zone = address.firstIndex(of: UInt8(ascii: "%")) else { return address }
    // Only IPv6 has zones, and one has a name.
    guard address.contains(colon), zone + 1 < address.endIndex else { return [] }
    return address[..<zone]
  }

  /// Nothing, or a colon and digits.
  private static func isPort(_ text: ArraySlice<UInt8>) -> Bool {
    guard let first = text.first else { return true }
    let digits = text.dropFirst()
    return first == UInt8(ascii: ":") && (1...5).contains(digits.count)
      && digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }

  private static func bytes(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    text.contains(UInt8(ascii: ":")) ? v6(text) : v4(text)
  }

  /// Four numbers without leading zeros: to some readers those are octal.
  private static func v4(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    let numbers = parts.compactMap { digits -> UInt8? in
      guard (1...3).contains(digits.count), digits.count == 1 || digits.first != UInt8(ascii: "0"),
        digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
      else { return nil }
      return UInt8(String(decoding: digits, as: UTF8.self))
    }
    return parts.count == 4 && numbers.count == 4 ? numbers : nil
  }

  private static func v6(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    // An empty part inside is the `::`; at an end it needs one beside it.
    let empty = parts.indices.filter { parts[$0].isEmpty }
    let gap: Int
    switch empty {
    case []: return groups(parts[...], endsText: true).flatMap { $0.count == 16 ? $0 : nil }
    case [0, 1] where parts.count > 2: gap = 1
    case [parts.count - 2, parts.count - 1] where parts.count > 2: gap = parts.count - 2
    case [0, 1, 2] where parts.count == 3: return [UInt8](repeating: 0, count: 16)
    case _ where empty.count == 1 && parts.indices.dropFirst().dropLast().contains(empty[0]): gap = empty[0]
    default: return nil
    }
    guard let before = groups(parts[..<gap].drop { $0.isEmpty }, endsText: false),
      let after = groups(parts[(gap + 1)...].filter { !$0.isEmpty }[...], endsText: true),
      before.count + after.count <= 14
    else { return nil }
    return before + [UInt8](repeating: 0, count: 16 - before.count - after.count) + after
  }

  /// - Parameter endsText: whether the last may be IPv4.
  private static func groups(_ parts: ArraySlice<ArraySlice<UInt8>>, endsText: Bool) -> [UInt8]? {
    var bytes: [UInt8] = []
    for (index, part) in zip(parts.indices, parts) {
      if endsText, index == parts.indices.last, part.contains(UInt8(ascii: ".")) {
        guard let last = v4(part) else { return nil }
        bytes += last
      } else {
        guard (1...4).contains(part.count), part.allSatisfy(isHexDigit),
          let group = UInt16(String(decoding: part, as: UTF8.self), radix: 16)
        else { return nil }
        bytes += [UInt8(group >> 8), UInt8(truncatingIfNeeded: group)]
      }
    }
    return bytes
  }

  private static func isHexDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
      UInt8(ascii: "A")...UInt8(ascii: "F"):
      true
    default: false
    }
  }
}
