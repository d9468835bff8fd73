/// Strings and numbers.
extension JSONParser {
  mutating func stringValue() throws(JSONSyntaxError) -> JSON {
    let start = at + 1
    let (text, damage) = try string()
    guard let damage else { return .string(text) }
    let source = String(decoding: bytes[start..<at - 1], as: UTF8.self)
    return .damaged(DamagedText(repaired: text, source: source, damage: damage))
  }

  /// - Returns: also what was wrong with it, and is mended.
  mutating func string() throws(JSONSyntaxError) -> (text: String, damage: TextDamage?) {
    at += 1
    let start = at
    var seen: UInt8 = 0
    while at < bytes.count {
      let byte = bytes[at]
      switch byte {
      case UInt8(ascii: "\""):
        let text = try decoded(bytes[start..<at], isASCII: seen < 0x80)
        at += 1
        return (text, nil)
      case UInt8(ascii: "\\"): return try escapedString(from: start)
      case 0..<0x20: throw fail(byte == 0 ? .nulCharacter : .unexpectedByte)
      default:
        seen |= byte
        at += 1
      }
    }
    throw fail(.unexpectedEnd)
  }

  /// - Parameter isASCII: known to be; there is nothing to validate then, and the way that repairs is the faster one.
  private func decoded(_ utf8: ArraySlice<UInt8>, isASCII: Bool) throws(JSONSyntaxError) -> String {
    guard utf8.count <= limits.stringBytesMax else { throw fail(.stringTooLong) }
    if isASCII { return String(decoding: utf8, as: UTF8.self) }
    guard let text = String(validating: utf8, as: UTF8.self) else { throw fail(.notUTF8) }
    return text
  }

  /// Copies what stands between two escapes at once: the body of a request is one string, with an escape every few bytes.
  private mutating func escapedString(from start: Int) throws(JSONSyntaxError) -> (text: String, damage: TextDamage?) {
    var text: [UInt8] = []
    var damage: TextDamage?
    var run = start
    while at < bytes.count {
      switch bytes[at] {
      case UInt8(ascii: "\""):
        text.append(contentsOf: bytes[run..<at])
        let decoded = try decoded(text[...], isASCII: false)
        at += 1
        return (decoded, damage)
      case UInt8(ascii: "\\"):
        text.append(contentsOf: bytes[run..<at])
        at += 1
        if let found = try escape(into: &text) { damage = max(damage ?? found, found) }
        run = at
      case 0..<0x20: throw fail(bytes[at] == 0 ? .nulCharacter : .unexpectedByte)
      default: at += 1
      }
    }
    throw fail(.unexpectedEnd)
  }

  /// - Returns: what is wrong with the character that it stands for.
  private mutating func escape(into text: inout [UInt8]) throws(JSONSyntaxError) -> TextDamage? {
    let byte = try peek()
    at += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"):
      let (scalar, damage) = try unicodeEscape()
      text.append(contentsOf: String(scalar).utf8)
      return damage
    default:
      at -= 1
      throw fail(.unexpectedByte)
    }
    return nil
  }

  private mutating func unicodeEscape() throws(JSONSyntaxError) -> (UnicodeScalar, TextDamage?) {
    let first = try fourHexDigits()
    if first == 0 { return (JSONParser.replacement, .nul) }
    if let scalar = UnicodeScalar(first) { return (scalar, nil) }
    guard first < 0xDC00, at + 1 < bytes.count, bytes[at] == UInt8(ascii: "\\"), bytes[at + 1] == UInt8(ascii: "u")
    else { return (JSONParser.replacement, .half) }
    let behindFirst = at
    at += 2
    let second = try fourHexDigits()
    guard (0xDC00...0xDFFF).contains(second),
      let scalar = UnicodeScalar(0x10000 + (UInt32(first) - 0xD800) << 10 + UInt32(second) - 0xDC00)
    else {
      at = behindFirst  // What follows is an escape of its own.
      return (JSONParser.replacement, .half)
    }
    return (scalar, nil)
  }

  private static let replacement: UnicodeScalar = "\u{FFFD}"

  private mutating func fourHexDigits() throws(JSONSyntaxError) -> UInt16 {
    var value: UInt16 = 0
    for _ in 0..<4 {
      guard let digit = Character(UnicodeScalar(try peek())).hexDigitValue else { throw fail(.unexpectedByte) }
      value = value << 4 | UInt16(digit)
      at += 1
    }
    return value
  }

  mutating func number() throws(JSONSyntaxError) -> JSON {
    let start = at
    var isWhole = true
    if try peek() == UInt8(ascii: "-") { at += 1 }
    if try peek() == UInt8(ascii: "0") { at += 1 } else { try digits() }
    if at < bytes.count, bytes[at] == UInt8(ascii: ".") {
      isWhole = false
      at += 1
      try digits()
    }
    if at < bytes.count, bytes[at] | 0x20 == UInt8(ascii: "e") {
      isWhole = false
      at += 1
      if try peek() == UInt8(ascii: "+") || bytes[at] == UInt8(ascii: "-") { at += 1 }
      try digits()
    }
    guard at - start <= limits.numberBytesMax else { throw fail(.numberOutOfRange) }
    if isWhole, let value = shortInteger(start..<at) { return .integer(value) }
    let text = String(decoding: bytes[start..<at], as: UTF8.self)
    if isWhole, let value = Int64(text) { return .integer(value) }
    guard let value = Double(text), value.isFinite else { throw fail(.numberOutOfRange) }
    return .double(value)
  }

  /// Reads an integer of at most 18 digits, which always fits: nearly every number is one, and needs no text made of it.
  private func shortInteger(_ place: Range<Int>) -> Int64? {
    let isNegative = bytes[place.lowerBound] == UInt8(ascii: "-")
    let digits = isNegative ? place.dropFirst() : place
    guard digits.count <= 18 else { return nil }
    var value: Int64 = 0
    for index in digits { value = value * 10 + Int64(bytes[index] - UInt8(ascii: "0")) }
    return isNegative ? -value : value
  }

  private mutating func digits() throws(JSONSyntaxError) {
    guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(try peek()) else { throw fail(.unexpectedByte) }
    while at < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[at]) { at += 1 }
  }
}
