/// What a document may hold at most; more is refused before anything is decoded.
package struct JSONLimits: Sendable {
  package var depthMax: Int
  package var itemsMax: Int
  package var keysMax: Int
  package var stringBytesMax: Int
  package var numberBytesMax = 40

  package init(depthMax: Int, itemsMax: Int, keysMax: Int, stringBytesMax: Int) {
    self.depthMax = depthMax
    self.itemsMax = itemsMax
    self.keysMax = keysMax
    self.stringBytesMax = stringBytesMax
  }

  /// The body of a request (DESIGN 8).
  package static let request = JSONLimits(depthMax: 8, itemsMax: 500, keysMax: 64, stringBytesMax: 4096)
  /// The extension's export file (DESIGN 8): as a request, with up to 10,000 sessions.
  package static let importFile = JSONLimits(depthMax: 8, itemsMax: 10_000, keysMax: 64, stringBytesMax: 4096)
  /// What a trusted side wrote: the platform's event (whose body is one string), a reply, a configuration file.
  package static let trusted = JSONLimits(
    depthMax: 64, itemsMax: 1_000_000, keysMax: 10_000, stringBytesMax: 64 << 20)
}

/// Why a text is not the JSON we accept. `code` is stable; `offset` counts bytes from 0. The text itself is
/// never quoted: it may hold a secret.
package struct JSONSyntaxError: Error, Sendable, Equatable {
  package enum Code: String, Sendable {
    case empty, notUTF8, unexpectedByte, unexpectedEnd, trailingContent, duplicateKey, nulCharacter,
      loneSurrogate, numberOutOfRange, tooDeep, tooManyItems, tooManyKeys, stringTooLong
  }
  package let code: Code
  package let offset: Int

  /// A limit was exceeded, as opposed to malformed text.
  package var isLimit: Bool {
    switch code {
    case .tooDeep, .tooManyItems, .tooManyKeys, .stringTooLong: true
    case .empty, .notUTF8, .unexpectedByte, .unexpectedEnd, .trailingContent, .duplicateKey, .nulCharacter,
      .loneSurrogate, .numberOutOfRange:
      false
    }
  }
}

extension JSON {
  /// Reads one document strictly: UTF-8 only, no byte-order mark, no duplicate keys (after unescaping), no NUL
  /// character, no trailing comma, no comments, finite numbers, within `limits`.
  ///
  /// `JSONDecoder` alone accepts duplicate keys, trailing commas, a byte-order mark and UTF-16, and lets NUL
  /// through, which PostgreSQL's text format would cut at (RELIABILITY 3.6).
  package init(parsing bytes: [UInt8], limits: JSONLimits) throws(JSONSyntaxError) {
    var parser = JSONParser(bytes: bytes, limits: limits)
    self = try parser.document()
  }

  package init(parsing text: String, limits: JSONLimits) throws(JSONSyntaxError) {
    try self.init(parsing: Array(text.utf8), limits: limits)
  }
}

private struct JSONParser {
  let bytes: [UInt8]
  let limits: JSONLimits
  var at = 0

  init(bytes: [UInt8], limits: JSONLimits) {
    self.bytes = bytes
    self.limits = limits
  }

  mutating func document() throws(JSONSyntaxError) -> JSON {
    skipSpace()
    guard at < bytes.count else { throw fail(.empty) }
    let value = try value(depth: 0)
    skipSpace()
    guard at == bytes.count else { throw fail(.trailingContent) }
    return value
  }

  private func fail(_ code: JSONSyntaxError.Code) -> JSONSyntaxError { JSONSyntaxError(code: code, offset: at) }

  private mutating func skipSpace() {
    while at < bytes.count {
      switch bytes[at] {
      case 0x20, 0x09, 0x0A, 0x0D: at += 1
      default: return
      }
    }
  }

  private func peek() throws(JSONSyntaxError) -> UInt8 {
    guard at < bytes.count else { throw fail(.unexpectedEnd) }
    return bytes[at]
  }

  private mutating func value(depth: Int) throws(JSONSyntaxError) -> JSON {
    switch try peek() {
    case UInt8(ascii: "{"): return try object(depth: depth + 1)
    case UInt8(ascii: "["): return try array(depth: depth + 1)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try literal("true", .bool(true))
    case UInt8(ascii: "f"): return try literal("false", .bool(false))
    case UInt8(ascii: "n"): return try literal("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default: throw fail(.unexpectedByte)
    }
  }

  private mutating func literal(_ word: StaticString, _ value: JSON) throws(JSONSyntaxError) -> JSON {
    for expected in "\(word)".utf8 {
      guard try peek() == expected else { throw fail(.unexpectedByte) }
      at += 1
    }
    return value
  }

  private mutating func object(depth: Int) throws(JSONSyntaxError) -> JSON {
    guard depth <= limits.depthMax else { throw fail(.tooDeep) }
    var object = JSONObject()
    var seen: Set<String> = []
    at += 1
    skipSpace()
    if try peek() == UInt8(ascii: "}") {
      at += 1
      return .object(object)
    }
    while true {
      guard object.count < limits.keysMax else { throw fail(.tooManyKeys) }
      guard try peek() == UInt8(ascii: "\"") else { throw fail(.unexpectedByte) }
      let key = try string()
      guard isNew(key, in: object, &seen) else { throw fail(.duplicateKey) }
      skipSpace()
      guard try peek() == UInt8(ascii: ":") else { throw fail(.unexpectedByte) }
      at += 1
      skipSpace()
      object.append(key, try value(depth: depth))
      if try endsList(UInt8(ascii: "}")) { return .object(object) }
    }
  }

  /// Stricter than a lookup: keys that differ in Unicode normalization only are duplicates too, as some readers
  /// would take them for one. A set only once looking through the members would be slow: most objects have fewer
  /// than 16.
  private func isNew(_ key: String, in object: JSONObject, _ seen: inout Set<String>) -> Bool {
    if object.count < 16 { return !object.members.contains { $0.key == key } }
    if seen.isEmpty { seen = Set(object.members.map(\.key)) }
    return seen.insert(key).inserted
  }

  private mutating func array(depth: Int) throws(JSONSyntaxError) -> JSON {
    guard depth <= limits.depthMax else { throw fail(.tooDeep) }
    var items: [JSON] = []
    at += 1
    skipSpace()
    if try peek() == UInt8(ascii: "]") {
      at += 1
      return .array(items)
    }
    while true {
      guard items.count < limits.itemsMax else { throw fail(.tooManyItems) }
      items.append(try value(depth: depth))
      if try endsList(UInt8(ascii: "]")) { return .array(items) }
    }
  }

  /// After an element: true at the closing byte, false after a comma with another element to come.
  private mutating func endsList(_ closing: UInt8) throws(JSONSyntaxError) -> Bool {
    skipSpace()
    let byte = try peek()
    guard byte == closing || byte == UInt8(ascii: ",") else { throw fail(.unexpectedByte) }
    at += 1
    if byte == closing { return true }
    skipSpace()
    return false
  }
}

// MARK: - Strings and numbers

extension JSONParser {
  fileprivate mutating func string() throws(JSONSyntaxError) -> String {
    at += 1
    let start = at
    while at < bytes.count {
      switch bytes[at] {
      case UInt8(ascii: "\""):
        let text = try decoded(bytes[start..<at])
        at += 1
        return text
      case UInt8(ascii: "\\"): return try escapedString(from: start)
      case 0..<0x20: throw fail(bytes[at] == 0 ? .nulCharacter : .unexpectedByte)
      default: at += 1
      }
    }
    throw fail(.unexpectedEnd)
  }

  private func decoded(_ utf8: some Collection<UInt8>) throws(JSONSyntaxError) -> String {
    guard utf8.count <= limits.stringBytesMax else { throw fail(.stringTooLong) }
    guard let text = String(validating: utf8, as: UTF8.self) else { throw fail(.notUTF8) }
    return text
  }

  private mutating func escapedString(from start: Int) throws(JSONSyntaxError) -> String {
    var text = Array(bytes[start..<at])
    while at < bytes.count {
      switch bytes[at] {
      case UInt8(ascii: "\""):
        let decoded = try decoded(text)
        at += 1
        return decoded
      case UInt8(ascii: "\\"):
        at += 1
        text.append(contentsOf: try escape())
      case 0..<0x20: throw fail(bytes[at] == 0 ? .nulCharacter : .unexpectedByte)
      default:
        text.append(bytes[at])
        at += 1
      }
    }
    throw fail(.unexpectedEnd)
  }

  private mutating func escape() throws(JSONSyntaxError) -> String.UTF8View {
    let byte = try peek()
    at += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return String(UnicodeScalar(byte)).utf8
    case UInt8(ascii: "b"): return "\u{8}".utf8
    case UInt8(ascii: "f"): return "\u{C}".utf8
    case UInt8(ascii: "n"): return "\n".utf8
    case UInt8(ascii: "r"): return "\r".utf8
    case UInt8(ascii: "t"): return "\t".utf8
    case UInt8(ascii: "u"): return String(try unicodeEscape()).utf8
    default:
      at -= 1
      throw fail(.unexpectedByte)
    }
  }

  private mutating func unicodeEscape() throws(JSONSyntaxError) -> UnicodeScalar {
    let first = try fourHexDigits()
    if first == 0 { throw fail(.nulCharacter) }
    if let scalar = UnicodeScalar(first) { return scalar }
    guard first < 0xDC00, at + 1 < bytes.count, bytes[at] == UInt8(ascii: "\\"), bytes[at + 1] == UInt8(ascii: "u")
    else { throw fail(.loneSurrogate) }
    at += 2
    let second = try fourHexDigits()
    guard (0xDC00...0xDFFF).contains(second),
      let scalar = UnicodeScalar(0x10000 + (UInt32(first) - 0xD800) << 10 + UInt32(second) - 0xDC00)
    else { throw fail(.loneSurrogate) }
    return scalar
  }

  private mutating func fourHexDigits() throws(JSONSyntaxError) -> UInt16 {
    var value: UInt16 = 0
    for _ in 0..<4 {
      guard let digit = Character(UnicodeScalar(try peek())).hexDigitValue else { throw fail(.unexpectedByte) }
      value = value << 4 | UInt16(digit)
      at += 1
    }
    return value
  }

  fileprivate mutating func number() throws(JSONSyntaxError) -> JSON {
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
    let text = String(decoding: bytes[start..<at], as: UTF8.self)
    if isWhole, let value = Int64(text) { return .integer(value) }
    guard let value = Double(text), value.isFinite else { throw fail(.numberOutOfRange) }
    return .double(value)
  }

  private mutating func digits() throws(JSONSyntaxError) {
    guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(try peek()) else { throw fail(.unexpectedByte) }
    while at < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[at]) { at += 1 }
  }
}
