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

  /// The body of a request.
  package static let request = JSONLimits(depthMax: 8, itemsMax: 500, keysMax: 64, stringBytesMax: 4096)
  /// The extension's export file: as a request, with up to 10,000 sessions.
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
      numberOutOfRange, tooDeep, tooManyItems, tooManyKeys, stringTooLong
  }
  package let code: Code
  package let offset: Int
  /// The value that could not be read, or the object whose key could not; from the inside out.
  private var path: [Step] = []

  private enum Step: Sendable, Equatable {
    case key(String)
    case index(Int)
  }

  init(code: Code, offset: Int) { (self.code, self.offset) = (code, offset) }

  func inside(_ key: String) -> JSONSyntaxError { inside(.key(key)) }
  func inside(_ index: Int) -> JSONSyntaxError { inside(.index(index)) }

  private func inside(_ step: Step) -> JSONSyntaxError {
    var error = self
    error.path.append(step)
    return error
  }

  package var pointer: JSONPointer {
    path.reversed().reduce(.root) { pointer, step in
      switch step {
      case .key(let key): pointer[key]
      case .index(let index): pointer[index]
      }
    }
  }

  /// As problems name it.
  package var name: String {
    switch code {
    case .empty: "empty"
    case .notUTF8: "not_unicode"
    case .unexpectedByte: "unexpected_byte"
    case .unexpectedEnd: "unexpected_end"
    case .trailingContent: "trailing_content"
    case .duplicateKey: "duplicate_key"
    case .nulCharacter: "nul_character"
    case .numberOutOfRange: "number_out_of_range"
    case .tooDeep: "too_deep"
    case .tooManyItems: "too_many_items"
    case .tooManyKeys: "too_many_keys"
    case .stringTooLong: "string_too_long"
    }
  }

  /// A limit was exceeded, as opposed to malformed text.
  package var isLimit: Bool {
    switch code {
    case .tooDeep, .tooManyItems, .tooManyKeys, .stringTooLong: true
    case .empty, .notUTF8, .unexpectedByte, .unexpectedEnd, .trailingContent, .duplicateKey, .nulCharacter,
      .numberOutOfRange:
      false
    }
  }
}

extension JSON {
  /// Reads one document strictly: UTF-8 only, no byte-order mark, no duplicate keys (after unescaping), no trailing comma,
  /// no comments, finite numbers, within `limits`. An escape that stands for no character, half a surrogate pair or a NUL,
  /// spoils its string and not the document (`DamagedText`).
  ///
  /// `JSONDecoder` alone accepts duplicate keys, trailing commas, a byte-order mark and UTF-16, and lets NUL
  /// through, which PostgreSQL's text format would cut at (decision 1).
  package init(parsing bytes: [UInt8], limits: JSONLimits) throws(JSONSyntaxError) {
    var parser = JSONParser(bytes: bytes, limits: limits)
    self = try parser.document()
  }

  package init(parsing text: String, limits: JSONLimits) throws(JSONSyntaxError) {
    try self.init(parsing: Array(text.utf8), limits: limits)
  }
}

struct JSONParser {
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

  func fail(_ code: JSONSyntaxError.Code) -> JSONSyntaxError { JSONSyntaxError(code: code, offset: at) }

  private mutating func skipSpace() {
    while at < bytes.count {
      switch bytes[at] {
      case 0x20, 0x09, 0x0A, 0x0D: at += 1
      default: return
      }
    }
  }

  func peek() throws(JSONSyntaxError) -> UInt8 {
    guard at < bytes.count else { throw fail(.unexpectedEnd) }
    return bytes[at]
  }

  private mutating func value(depth: Int) throws(JSONSyntaxError) -> JSON {
    switch try peek() {
    case UInt8(ascii: "{"): return try object(depth: depth + 1)
    case UInt8(ascii: "["): return try array(depth: depth + 1)
    case UInt8(ascii: "\""): return try stringValue()
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
    object.reserveCapacity(8)
    while true {
      guard object.count < limits.keysMax else { throw fail(.tooManyKeys) }
      guard try peek() == UInt8(ascii: "\"") else { throw fail(.unexpectedByte) }
      let (key, damage) = try string()
      if damage != nil {
        object.hasDamagedKeys = true
      } else if !isNew(key, in: object, &seen) {
        throw fail(.duplicateKey).inside(key)
      }
      skipSpace()
      guard try peek() == UInt8(ascii: ":") else { throw fail(.unexpectedByte) }
      at += 1
      skipSpace()
      do { object.append(key, try value(depth: depth)) } catch { throw error.inside(key) }
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
      do { items.append(try value(depth: depth)) } catch { throw error.inside(items.count) }
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
