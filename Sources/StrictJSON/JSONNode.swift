/// A value together with its place, for reading a document field by field with complaints that name the field.
///
///     let device = body["device"]
///     let name = try device["name"].string(length: 1...64)
package struct JSONNode: Sendable {
  /// Nil when the member is absent or `null`.
  package let json: JSON?
  package let pointer: JSONPointer

  package init(_ json: JSON?, at pointer: JSONPointer = .root) {
    if case .null = json { self.json = nil } else { self.json = json }
    self.pointer = pointer
  }

  package subscript(key: String) -> JSONNode { JSONNode(json?[key], at: pointer[key]) }

  package var exists: Bool { json != nil }

  /// Where members of objects stand that nobody asks for, at any depth.
  ///
  /// - Parameter known: places of what a reader takes, as RFC 6901 writes them: `["/device/id", "/secret"]`. Whatever
  ///   stands below them is the reader's own matter.
  package func unknownMembers(beside known: [String]) -> [JSONPointer] {
    (json?.object?.members ?? []).flatMap { key, _ in
      let place = "\(pointer[key])"
      if known.contains(where: { $0.utf8.elementsEqual(place.utf8) }) { return [] as [JSONPointer] }
      let leadsOn = known.contains { $0.utf8.starts(with: "\(place)/".utf8) }
      return leadsOn ? self[key].unknownMembers(beside: known) : [pointer[key]]
    }
  }

  /// Nil when absent, otherwise what `read` makes of it.
  package func ifPresent<Value>(
    _ read: (JSONNode) throws(JSONMismatch) -> Value
  ) throws(JSONMismatch) -> Value? {
    exists ? try read(self) : nil
  }
}

/// A value that is not what was asked for. `detail` says what would be right and never quotes the value.
package struct JSONMismatch: Error, Sendable, Equatable {
  package let pointer: JSONPointer
  /// Stable: `missing`, `wrong_type`, `out_of_range`, or the caller's own.
  package let code: String
  package let detail: String

  package init(_ pointer: JSONPointer, code: String, detail: String) {
    self.pointer = pointer
    self.code = code
    self.detail = detail
  }
}

extension JSONNode {
  package func mismatch(_ code: String, _ detail: String) -> JSONMismatch {
    JSONMismatch(pointer, code: code, detail: detail)
  }

  private func required<Value>(_ value: Value?, _ type: String) throws(JSONMismatch) -> Value {
    if let value { return value }
    throw exists ? mismatch("wrong_type", "must be \(type)") : mismatch("missing", "is required: \(type)")
  }

  /// A text that tells one thing from another, or that somebody must know: as it was sent, or not at all.
  /// - Parameter length: in code points, as PostgreSQL's `length` counts: what passes here fits there.
  /// - Throws: also `invalid_text` for one with half a surrogate pair, or with a NUL.
  package func string(length: ClosedRange<Int>) throws(JSONMismatch) -> String {
    if case .damaged(let text) = json {
      throw mismatch(
        "invalid_text", text.damage == .nul ? "must not have a NUL character" : "must not have half a surrogate pair")
    }
    return try text(length: length)
  }

  /// A text for people to read, such as a name: U+FFFD stands where half an emoji was cut off.
  /// - Parameter length: as of `string`.
  package func text(length: ClosedRange<Int>) throws(JSONMismatch) -> String {
    let text = try required(json?.string, "a string")
    guard length.contains(text.unicodeScalars.count) else {
      throw mismatch("out_of_range", "must have \(length.lowerBound) to \(length.upperBound) characters")
    }
    return text
  }

  package func integer(in range: ClosedRange<Int64>) throws(JSONMismatch) -> Int64 {
    let value = try required(json?.integer, "a whole number")
    guard range.contains(value) else {
      throw mismatch("out_of_range", "must be between \(range.lowerBound) and \(range.upperBound)")
    }
    return value
  }

  package func number() throws(JSONMismatch) -> Double { try required(json?.double, "a number") }

  package func bool() throws(JSONMismatch) -> Bool { try required(json?.bool, "true or false") }

  package func object() throws(JSONMismatch) -> JSONNode {
    _ = try required(json?.object, "an object")
    return self
  }

  package func items() throws(JSONMismatch) -> [JSONNode] {
    let items = try required(json?.array, "an array")
    return items.enumerated().map { JSONNode($0.element, at: pointer[$0.offset]) }
  }
}
