package import struct FoundationEssentials.Date
package import struct FoundationEssentials.UUID

/// What `[Self]` binds as. A protocol of its own, because `[UInt8]` is a `bytea` and every other array an array.
package protocol PostgresBindableElement: Sendable {
  static var postgresArrayType: PostgresType { get }
  static func encode(array: [Self], into encoder: inout PostgresEncoder)
}

extension PostgresBindableElement where Self: PostgresBindable {
  package static func encode(array: [Self], into encoder: inout PostgresEncoder) {
    encoder.append(array: array.lazy.map(Optional.some))
  }
}

extension Bool: PostgresBindableElement {
  package static var postgresArrayType: PostgresType { .boolArray }
}
extension Int16: PostgresBindableElement {
  package static var postgresArrayType: PostgresType { .int2Array }
}
extension Int32: PostgresBindableElement {
  package static var postgresArrayType: PostgresType { .int4Array }
}
extension Int64: PostgresBindableElement {
  package static var postgresArrayType: PostgresType { .int8Array }
}
extension Int: PostgresBindableElement {
  package static var postgresArrayType: PostgresType { .int8Array }
}
extension Double: PostgresBindableElement {
  package static var postgresArrayType: PostgresType { .float8Array }
}
extension String: PostgresBindableElement {
  package static var postgresArrayType: PostgresType { .textArray }
}
extension UUID: PostgresBindableElement {
  package static var postgresArrayType: PostgresType { .uuidArray }
}
extension Date: PostgresBindableElement {
  package static var postgresArrayType: PostgresType { .timestamptzArray }
}
extension PostgresDate: PostgresBindableElement {
  package static var postgresArrayType: PostgresType { .dateArray }
}

extension UInt8: PostgresBindableElement {
  package static var postgresArrayType: PostgresType { .bytea }
  package static func encode(array: [UInt8], into encoder: inout PostgresEncoder) { encoder.append(array) }
}

/// A `bytea[]`.
extension Array: PostgresBindableElement where Element == UInt8 {
  package static var postgresArrayType: PostgresType { .byteaArray }
}

/// An array with NULLs in it.
extension Optional: PostgresBindableElement where Wrapped: PostgresBindable & PostgresBindableElement {
  package static var postgresArrayType: PostgresType { Wrapped.postgresArrayType }
  package static func encode(array: [Wrapped?], into encoder: inout PostgresEncoder) {
    Wrapped.encode(arrayWithNulls: array, into: &encoder)
  }
}

extension Array: PostgresBindable where Element: PostgresBindableElement {
  package static var postgresType: PostgresType { Element.postgresArrayType }
  package func encode(into encoder: inout PostgresEncoder) { Element.encode(array: self, into: &encoder) }
}
