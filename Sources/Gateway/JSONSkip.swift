/// Finds where a JSON value ends without making anything of it. A page of sessions is passed on as it is, and
/// building a tree of it would cost more than all else the gateway does.
///
/// Exact about structure; the inside of numbers and the UTF-8 of strings are the reader's.
enum JSONSkip {
  struct Malformed: Error {}

  private static let depthMax = 64

  /// Moves `at` behind the value that starts there.
  static func value(_ bytes: Span<UInt8>, _ at: inout Int, depth: Int = 0) throws(Malformed) {
    switch try byte(bytes, at) {
    case UInt8(ascii: "{"): try list(bytes, &at, depth, until: UInt8(ascii: "}"), named: true)
    case UInt8(ascii: "["): try list(bytes, &at, depth, until: UInt8(ascii: "]"), named: false)
    case UInt8(ascii: "\""): try string(bytes, &at)
    case UInt8(ascii: "t"): try word("true", bytes, &at)
    case UInt8(ascii: "f"): try word("false", bytes, &at)
    case UInt8(ascii: "n"): try word("null", bytes, &at)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): number(bytes, &at)
    default: throw Malformed()
    }
  }

  static func space(_ bytes: Span<UInt8>, _ at: inout Int) {
    while at < bytes.count, bytes[at] == 0x20 || bytes[at] == 0x09 || bytes[at] == 0x0D { at += 1 }
  }

  static func byte(_ bytes: Span<UInt8>, _ at: Int) throws(Malformed) -> UInt8 {
    guard at < bytes.count else { throw Malformed() }
    return bytes[at]
  }

  static func expect(_ expected: UInt8, _ bytes: Span<UInt8>, _ at: inout Int) throws(Malformed) {
    guard try byte(bytes, at) == expected else { throw Malformed() }
    at += 1
  }

  static func string(_ bytes: Span<UInt8>, _ at: inout Int) throws(Malformed) {
    try expect(UInt8(ascii: "\""), bytes, &at)
    while at < bytes.count {
      switch bytes[at] {
      case UInt8(ascii: "\""):
        at += 1
        return
      case UInt8(ascii: "\\"): at += 2
      case 0..<0x20: throw Malformed()
      default: at += 1
      }
    }
    throw Malformed()
  }

  private static func list(
    _ bytes: Span<UInt8>, _ at: inout Int, _ depth: Int, until closing: UInt8, named: Bool
  ) throws(Malformed) {
    guard depth < depthMax else { throw Malformed() }
    at += 1
    space(bytes, &at)
    if try byte(bytes, at) == closing {
      at += 1
      return
    }
    while true {
      if named { try name(bytes, &at) }
      try value(bytes, &at, depth: depth + 1)
      space(bytes, &at)
      let byte = try byte(bytes, at)
      at += 1
      if byte == closing { return }
      guard byte == UInt8(ascii: ",") else { throw Malformed() }
      space(bytes, &at)
    }
  }

  /// A member's name and its colon; `at` is then where its value starts.
  static func name(_ bytes: Span<UInt8>, _ at: inout Int) throws(Malformed) {
    try string(bytes, &at)
    space(bytes, &at)
    try expect(UInt8(ascii: ":"), bytes, &at)
    space(bytes, &at)
  }

  private static func word(_ word: StaticString, _ bytes: Span<UInt8>, _ at: inout Int) throws(Malformed) {
    for expected in "\(word)".utf8 { try expect(expected, bytes, &at) }
  }

  private static func number(_ bytes: Span<UInt8>, _ at: inout Int) {
    while at < bytes.count {
      switch bytes[at] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
        UInt8(ascii: "e"), UInt8(ascii: "E"):
        at += 1
      default: return
      }
    }
  }
}
