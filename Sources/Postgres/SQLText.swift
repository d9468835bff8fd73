#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The text of a statement, put together from pieces of the source code.
///
/// Bytes rather than a `String`: a pipeline is some ten kilobytes of text that never changes, and a `String` looks at
/// every piece again (for UTF-8, for ASCII, for where its characters end) when it is appended.
struct SQLText: Hashable, Sendable {
  private(set) var utf8: [UInt8] = []

  /// All bytes at once; an array hashes one by one.
  func hash(into hasher: inout Hasher) {
    unsafe utf8.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
  }

  mutating func append(_ literal: StaticString) {
    literal.withUTF8Buffer { unsafe utf8.append(contentsOf: $0) }
  }

  mutating func append(_ part: ArraySlice<UInt8>) { utf8.append(contentsOf: part) }

  /// `$1`, `$2` …
  /// - Returns: where it stands.
  mutating func append(placeholder number: Int) -> Range<Int> {
    let start = utf8.count
    utf8.append(UInt8(ascii: "$"))
    utf8.append(contentsOf: String(number).utf8)
    return start..<utf8.count
  }

  mutating func reserveCapacity(_ bytes: Int) { utf8.reserveCapacity(bytes) }

  /// C would end the text there.
  var hasNUL: Bool {
    unsafe utf8.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress else { return false }
      return unsafe memchr(start, 0, bytes.count) != nil
    }
  }
}

extension SQLText: CustomStringConvertible {
  var description: String { String(decoding: utf8, as: UTF8.self) }
}
