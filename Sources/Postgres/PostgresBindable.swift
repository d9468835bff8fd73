package import struct FoundationEssentials.Date
package import struct FoundationEssentials.UUID

/// A value that can be bound to a statement's parameter, in PostgreSQL's binary format.
package protocol PostgresBindable: Sendable {
  /// Sent with every statement, so that PostgreSQL never guesses.
  static var postgresType: PostgresType { get }
  func encode(into encoder: inout PostgresEncoder)
  /// An array of such values with NULLs in it. A requirement, although one body does for all, so that each type has code
  /// of its own: general code asks what the type is at every element.
  static func encode(arrayWithNulls array: [Self?], into encoder: inout PostgresEncoder)
}

extension PostgresBindable {
  package static func encode(arrayWithNulls array: [Self?], into encoder: inout PostgresEncoder) {
    encoder.append(array: array)
  }
}

extension Bool: PostgresBindable {
  package static var postgresType: PostgresType { .bool }
  package func encode(into encoder: inout PostgresEncoder) { encoder.append(UInt8(self ? 1 : 0)) }
}

extension Int16: PostgresBindable {
  package static var postgresType: PostgresType { .int2 }
  package func encode(into encoder: inout PostgresEncoder) { encoder.append(self) }
}

extension Int32: PostgresBindable {
  package static var postgresType: PostgresType { .int4 }
  package func encode(into encoder: inout PostgresEncoder) { encoder.append(self) }
}

extension Int64: PostgresBindable {
  package static var postgresType: PostgresType { .int8 }
  package func encode(into encoder: inout PostgresEncoder) { encoder.append(self) }
}

extension Int: PostgresBindable {
  package static var postgresType: PostgresType { .int8 }
  package func encode(into encoder: inout PostgresEncoder) { encoder.append(Int64(self)) }
}

extension Double: PostgresBindable {
  package static var postgresType: PostgresType { .float8 }
  package func encode(into encoder: inout PostgresEncoder) { encoder.append(bitPattern) }
}

extension String: PostgresBindable {
  package static var postgresType: PostgresType { .text }
  package func encode(into encoder: inout PostgresEncoder) { encoder.append(text: self) }
}

extension UUID: PostgresBindable {
  package static var postgresType: PostgresType { .uuid }
  package func encode(into encoder: inout PostgresEncoder) {
    let (b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15) = uuid
    encoder.append([b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15])
  }
}

/// A `timestamptz`, rounded to the microsecond; NaN, the infinities and years past 294276 are refused.
extension Date: PostgresBindable {
  package static var postgresType: PostgresType { .timestamptz }
  package func encode(into encoder: inout PostgresEncoder) {
    guard let microseconds = PostgresEpoch.microseconds(of: self) else {
      return encoder.refuse(.valueOutOfRange)
    }
    encoder.append(microseconds)
  }
}

/// An enum of strings or numbers binds as its raw value.
extension PostgresBindable where Self: RawRepresentable, RawValue: PostgresBindable {
  package static var postgresType: PostgresType { RawValue.postgresType }
  package func encode(into encoder: inout PostgresEncoder) { rawValue.encode(into: &encoder) }
}
