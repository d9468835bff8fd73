/// Collects values in PostgreSQL's binary format (network byte order).
package struct PostgresEncoder: Sendable {
  package private(set) var bytes: [UInt8] = []
  /// Why what was encoded must not be sent; the first reason stays. A connection refuses such a statement.
  private(set) var refusal: PostgresError.Kind?

  package init() {}

  package mutating func append(_ byte: UInt8) { bytes.append(byte) }

  package mutating func append(_ integer: some FixedWidthInteger) {
    unsafe withUnsafeBytes(of: integer.bigEndian) { unsafe bytes.append(contentsOf: $0) }
  }

  package mutating func append(_ other: some Collection<UInt8>) { bytes.append(contentsOf: other) }

  /// Appends UTF-8. PostgreSQL has no NUL in text, and libpq would cut the value there: refused.
  package mutating func append(text: String) {
    if text.utf8.contains(0) { refuse(.nulInText) }
    bytes.append(contentsOf: text.utf8)
  }

  package mutating func refuse(_ kind: PostgresError.Kind) { refusal = refusal ?? kind }

  mutating func append(_ other: PostgresEncoder) {
    bytes.append(contentsOf: other.bytes)
    if let kind = other.refusal { refuse(kind) }
  }

  /// Appends a one-dimensional array: dimensions, a flag for NULLs, element type, length, lower bound 1, then
  /// each element with its length, or the length -1 for NULL. An empty array has no dimensions.
  /// - Source: `array_recv` in `src/backend/utils/adt/arrayfuncs.c`.
  mutating func append<Element: PostgresBindable>(array elements: some Collection<Element?>) {
    append(Int32(elements.isEmpty ? 0 : 1))
    append(Int32(elements.contains { $0 == nil } ? 1 : 0))
    append(Element.postgresType.rawValue)
    if elements.isEmpty { return }
    append(Int32(truncatingIfNeeded: elements.count))
    append(Int32(1))
    for element in elements {
      guard let element else {
        append(Int32(-1))
        continue
      }
      appendWithLength { element.encode(into: &$0) }
    }
  }

  private mutating func appendWithLength(_ encode: (inout PostgresEncoder) -> Void) {
    let place = bytes.count
    append(Int32(0))
    encode(&self)
    let length = UInt32(truncatingIfNeeded: bytes.count - place - 4)
    for index in 0..<4 { bytes[place + index] = UInt8(truncatingIfNeeded: length >> (24 - 8 * index)) }
  }
}
