package import struct FoundationEssentials.Date
package import struct FoundationEssentials.UUID

/// A value that can be read from a column, in PostgreSQL's binary format.
package protocol PostgresDecodable {
  /// Whether a column of that type can be read as this. Narrower numbers widen; nothing is ever cut.
  static func reads(_ type: PostgresType) -> Bool

  /// - Parameter type: one that `reads` accepted.
  /// - Throws: `malformedValue`, `valueOutOfRange`, or `unexpectedNull` for a NULL inside an array.
  init(postgres bytes: Span<UInt8>, type: PostgresType) throws(PostgresError.Kind)
}

extension Span where Element == UInt8 {
  /// The whole span as one integer in network byte order, sign extended.
  func integer<Integer: FixedWidthInteger & SignedInteger>() throws(PostgresError.Kind) -> Integer {
    guard count > 0, count * 8 <= Integer.bitWidth else { throw .malformedValue }
    var value: Integer = self[0] & 0x80 == 0 ? 0 : -1
    for index in indices { value = value << 8 | Integer(self[index]) }
    return value
  }
}

extension Bool: PostgresDecodable {
  package static func reads(_ type: PostgresType) -> Bool { type == .bool }
  package init(postgres bytes: Span<UInt8>, type: PostgresType) throws(PostgresError.Kind) {
    guard bytes.count == 1 else { throw .malformedValue }
    self = bytes[0] != 0
  }
}

extension Int16: PostgresDecodable {
  package static func reads(_ type: PostgresType) -> Bool { type == .int2 }
  package init(postgres bytes: Span<UInt8>, type: PostgresType) throws(PostgresError.Kind) {
    self = try bytes.integer()
  }
}

extension Int32: PostgresDecodable {
  package static func reads(_ type: PostgresType) -> Bool { type == .int4 || type == .int2 }
  package init(postgres bytes: Span<UInt8>, type: PostgresType) throws(PostgresError.Kind) {
    self = try bytes.integer()
  }
}

extension Int64: PostgresDecodable {
  package static func reads(_ type: PostgresType) -> Bool { type == .int8 || Int32.reads(type) }
  package init(postgres bytes: Span<UInt8>, type: PostgresType) throws(PostgresError.Kind) {
    self = try bytes.integer()
  }
}

extension Int: PostgresDecodable {
  package static func reads(_ type: PostgresType) -> Bool { Int64.reads(type) }
  package init(postgres bytes: Span<UInt8>, type: PostgresType) throws(PostgresError.Kind) {
    self = try bytes.integer()
  }
}

extension Double: PostgresDecodable {
  package static func reads(_ type: PostgresType) -> Bool { type == .float8 || type == .float4 }
  package init(postgres bytes: Span<UInt8>, type: PostgresType) throws(PostgresError.Kind) {
    switch bytes.count {
    case 4: self = Double(Float(bitPattern: UInt32(bitPattern: try bytes.integer())))
    case 8: self = Double(bitPattern: UInt64(bitPattern: try bytes.integer()))
    default: throw .malformedValue
    }
  }
}

/// `jsonb` arrives as its text after one byte that gives the version of the format, 1.
extension String: PostgresDecodable {
  package static func reads(_ type: PostgresType) -> Bool {
    switch type {
    case .text, .varchar, .bpchar, .name, .json, .jsonb, .unknown: true
    default: false  // every other type, with those to come
    }
  }
  package init(postgres bytes: Span<UInt8>, type: PostgresType) throws(PostgresError.Kind) {
    var text = bytes
    if type == .jsonb {
      guard bytes.count > 0, bytes[0] == 1 else { throw .malformedValue }
      text = bytes.extracting(1...)
    }
    guard let utf8 = try? UTF8Span(validating: text) else { throw .malformedValue }
    self = String(copying: utf8)
  }
}

extension UUID: PostgresDecodable {
  package static func reads(_ type: PostgresType) -> Bool { type == .uuid }
  package init(postgres b: Span<UInt8>, type: PostgresType) throws(PostgresError.Kind) {
    guard b.count == 16 else { throw .malformedValue }
    self.init(
      uuid: (
        b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]
      ))
  }
}

/// A `timestamptz`; `infinity` is refused as `valueOutOfRange`.
extension Date: PostgresDecodable {
  package static func reads(_ type: PostgresType) -> Bool { type == .timestamptz }
  package init(postgres bytes: Span<UInt8>, type: PostgresType) throws(PostgresError.Kind) {
    guard let date = PostgresEpoch.date(microseconds: try bytes.integer()) else { throw .valueOutOfRange }
    self = date
  }
}

/// An enum of strings or numbers; a value it does not know is `malformedValue`.
extension PostgresDecodable where Self: RawRepresentable, RawValue: PostgresDecodable {
  package static func reads(_ type: PostgresType) -> Bool { RawValue.reads(type) }
  package init(postgres bytes: Span<UInt8>, type: PostgresType) throws(PostgresError.Kind) {
    guard let value = Self(rawValue: try RawValue(postgres: bytes, type: type)) else { throw .malformedValue }
    self = value
  }
}
