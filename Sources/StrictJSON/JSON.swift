/// A JSON value as RFC 8259 means it, with members in the order they came in.
///
/// A tree rather than `Codable`: one bad item of a batch must not fail its neighbours, every complaint needs
/// its place (RFC 6901), and JSON that PostgreSQL made is spliced into a reply without being read.
package enum JSON: Sendable {
  case null
  case bool(Bool)
  /// A number written without fraction and exponent that fits.
  case integer(Int64)
  /// Any other number; always finite.
  case double(Double)
  case string(String)
  /// A string that is no text. Read as one only where its reader says that a mended one will do.
  case damaged(DamagedText)
  case array([JSON])
  case object(JSONObject)
  /// Text that is JSON already, written as it is. Only for JSON that PostgreSQL or this module produced;
  /// the parser never makes one.
  case raw(String)
}

/// Members of an object: few, so that looking through them in order is the fastest. A key is found by its exact
/// spelling: to Swift's `==` the Kelvin sign is a "K".
package struct JSONObject: Sendable {
  package private(set) var members: [(key: String, value: JSON)] = []
  /// A key was no text and is mended; two may be the same by now.
  var hasDamagedKeys = false

  package init(_ members: [(key: String, value: JSON)] = []) { self.members = members }

  package var count: Int { members.count }

  package subscript(key: String) -> JSON? {
    get { members.first { isSame($0.key, key) }?.value }
    set {
      let place = members.firstIndex { isSame($0.key, key) }
      switch (place, newValue) {
      case (let place?, let value?): members[place].value = value
      case (let place?, nil): members.remove(at: place)
      case (nil, let value?): members.append((key, value))
      case (nil, nil): break
      }
    }
  }

  mutating func append(_ key: String, _ value: JSON) { members.append((key, value)) }

  mutating func reserveCapacity(_ count: Int) { members.reserveCapacity(count) }
}

/// The same code points; `==` also equates canonically equivalent texts.
private func isSame(_ a: String, _ b: String) -> Bool { a.utf8.count == b.utf8.count && a.utf8.elementsEqual(b.utf8) }

extension JSON {
  /// The member of that name; nil when this is no object, when the member is absent, and when it is `null`:
  /// the extension's exports write all three for "not there" (docs/design/practice.md, "The export file").
  package subscript(key: String) -> JSON? {
    guard case .object(let object) = self, let value = object[key] else { return nil }
    if case .null = value { return nil }
    return value
  }

  /// Mended, where it was no text.
  package var string: String? {
    switch self {
    case .string(let text): text
    case .damaged(let text): text.repaired
    case .null, .bool, .integer, .double, .array, .object, .raw: nil
    }
  }
  package var bool: Bool? { if case .bool(let flag) = self { flag } else { nil } }
  package var array: [JSON]? { if case .array(let items) = self { items } else { nil } }
  package var object: JSONObject? { if case .object(let object) = self { object } else { nil } }

  /// A whole number, also when it was written `3.0` or `3e0`: JavaScript has only doubles.
  package var integer: Int64? {
    switch self {
    case .integer(let value): value
    case .double(let value): Int64(exactly: value)
    default: nil
    }
  }

  package var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }
}

extension JSON: Equatable {
  /// Same content; the order of members does not count, the spelling of a number does not either.
  package static func == (a: JSON, b: JSON) -> Bool {
    switch (a, b) {
    case (.null, .null): true
    case (.bool(let a), .bool(let b)): a == b
    case (.integer(let a), .integer(let b)): a == b
    case (.double(let a), .double(let b)): a == b
    case (.integer(let a), .double(let b)), (.double(let b), .integer(let a)): Int64(exactly: b) == a
    case (.string(let a), .string(let b)), (.raw(let a), .raw(let b)): isSame(a, b)
    case (.damaged(let a), .damaged(let b)): isSame(a.source, b.source)
    case (.array(let a), .array(let b)): a == b
    case (.object(let a), .object(let b)): a.count == b.count && a.members.allSatisfy { b[$0.key] == $0.value }
    default: false
    }
  }
}

extension JSON: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringInterpolation,
  ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral, ExpressibleByNilLiteral, ExpressibleByFloatLiteral
{
  package init(dictionaryLiteral elements: (String, JSON)...) {
    self = .object(JSONObject(elements.map { (key: $0.0, value: $0.1) }))
  }
  package init(arrayLiteral elements: JSON...) { self = .array(elements) }
  package init(stringLiteral value: String) { self = .string(value) }
  package init(integerLiteral value: Int64) { self = .integer(value) }
  package init(floatLiteral value: Double) { self = .double(value) }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(nilLiteral: ()) { self = .null }
}

extension JSON {
  package init(_ value: String?) { self = value.map(JSON.string) ?? .null }
  package init(_ value: Bool?) { self = value.map(JSON.bool) ?? .null }
  package init(_ value: Int64?) { self = value.map(JSON.integer) ?? .null }
  package init(_ value: Int) { self = .integer(Int64(value)) }
  package init(_ value: Int?) { self = value.map { .integer(Int64($0)) } ?? .null }
  package init(_ value: Double?) { self = value.map { $0.isFinite ? .double($0) : .null } ?? .null }
}
