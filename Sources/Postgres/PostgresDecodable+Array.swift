package import struct FoundationEssentials.Date
package import struct FoundationEssentials.UUID

/// What a column must be to be read as `[Self]`: the counterpart of `PostgresBindableElement`.
package protocol PostgresDecodableElement {
  static func readsArray(_ type: PostgresType) -> Bool
  static func decode(array bytes: Span<UInt8>) throws(PostgresError.Kind) -> [Self]
}

extension PostgresDecodableElement where Self: PostgresDecodable {
  package static func readsArray(_ type: PostgresType) -> Bool { type.element.map(reads) ?? false }
  package static func decode(array bytes: Span<UInt8>) throws(PostgresError.Kind) -> [Self] {
    var elements: [Self] = []
    try bytes.forEachElement { (element: Self?) throws(PostgresError.Kind) in
      guard let element else { throw .unexpectedNull }
      elements.append(element)
    }
    return elements
  }
}

extension Bool: PostgresDecodableElement {}
extension Int16: PostgresDecodableElement {}
extension Int32: PostgresDecodableElement {}
extension Int64: PostgresDecodableElement {}
extension Int: PostgresDecodableElement {}
extension Double: PostgresDecodableElement {}
extension String: PostgresDecodableElement {}
extension UUID: PostgresDecodableElement {}
extension Date: PostgresDecodableElement {}
extension PostgresDate: PostgresDecodableElement {}

extension UInt8: PostgresDecodableElement {
  package static func readsArray(_ type: PostgresType) -> Bool { type == .bytea }
  package static func decode(array bytes: Span<UInt8>) throws(PostgresError.Kind) -> [UInt8] {
    unsafe bytes.withUnsafeBufferPointer { unsafe Array($0) }
  }
}

extension Array: PostgresDecodableElement where Element == UInt8 {}

extension Optional: PostgresDecodableElement where Wrapped: PostgresDecodable & PostgresDecodableElement {
  package static func readsArray(_ type: PostgresType) -> Bool { Wrapped.readsArray(type) }
  package static func decode(array bytes: Span<UInt8>) throws(PostgresError.Kind) -> [Wrapped?] {
    var elements: [Wrapped?] = []
    try bytes.forEachElement { (element: Wrapped?) in elements.append(element) }
    return elements
  }
}

/// A one-dimensional array; one of several dimensions is refused as `malformedValue`.
extension Array: PostgresDecodable where Element: PostgresDecodableElement {
  package static func reads(_ type: PostgresType) -> Bool { Element.readsArray(type) }
  package init(postgres bytes: Span<UInt8>, type: PostgresType) throws(PostgresError.Kind) {
    self = try Element.decode(array: bytes)
  }
}

extension Span where Element == UInt8 {
  /// Bytes of an array before its dimensions, and with its one dimension.
  private static var emptyArrayHeader: Int { 12 }
  private static var arrayHeader: Int { 20 }

  /// Reads an array in the form of `PostgresEncoder.append(array:)`, checking each length against what is left.
  func forEachElement<Value: PostgresDecodable>(
    _ body: (Value?) throws(PostgresError.Kind) -> Void
  ) throws(PostgresError.Kind) {
    guard count >= Self.emptyArrayHeader else { throw .malformedValue }
    let dimensions = try int32(at: 0)
    if dimensions == 0 { return }
    guard dimensions == 1, count >= Self.arrayHeader else { throw .malformedValue }
    guard let type = PostgresType(rawValue: UInt32(bitPattern: try int32(at: 8))) else { throw .malformedValue }
    var place = Self.arrayHeader
    for _ in 0..<Swift.max(0, try int32(at: 12)) {
      let length = Int(try int32(at: place))
      place += 4
      guard length >= 0 else {
        try body(nil)
        continue
      }
      guard length <= count - place else { throw .malformedValue }
      try body(Value(postgres: extracting(place..<place + length), type: type))
      place += length
    }
    guard place == count else { throw .malformedValue }
  }

  private func int32(at place: Int) throws(PostgresError.Kind) -> Int32 {
    guard place + 4 <= count else { throw .malformedValue }
    return try extracting(place..<place + 4).integer()
  }
}
