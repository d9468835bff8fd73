/// A statement: a fixed text with `$1`, `$2` … and the values bound to them.
///
/// Interpolation binds, it never splices, and there is no way from a `String` to the text: literals arrive as
/// `StaticString`, so even `SQL(stringLiteral:)` takes nothing that was made at run time.
///
/// ```swift
/// let mine: SQL = "account_id = \(account)"
/// let page: SQL = "SELECT id FROM sessions WHERE \(mine) AND cursor > \(cursor) ORDER BY \(raw: "cursor")"
/// page.text  // SELECT id FROM sessions WHERE account_id = $1 AND cursor > $2 ORDER BY cursor
/// ```
package struct SQL: Sendable {
  /// The statement as PostgreSQL gets it. Holds no value, so it may be logged.
  package internal(set) var text = ""
  private(set) var parameters: [Parameter] = []
  /// The encoded values one after the other; one buffer, so that its pointers are taken in one closure.
  private(set) var encoder = PostgresEncoder()

  /// A bound value: where `text` names it and where its bytes are.
  struct Parameter: Sendable {
    let type: PostgresType
    /// In UTF-8 bytes: the `$` of its placeholder in `text`.
    let placeholder: Int
    /// Its binary form in `encoder.bytes`; nil is NULL.
    let range: Range<Int>?
  }

  private mutating func bind<Value: PostgresBindable>(_ value: Value?) {
    guard let value else { return append(Value.postgresType, range: nil) }
    let start = encoder.bytes.count
    value.encode(into: &encoder)
    let range = start..<encoder.bytes.count
    encoder.append(UInt8(0))  // libpq wants a pointer also for a value of no bytes: it points here
    append(Value.postgresType, range: range)
  }

  private mutating func append(_ type: PostgresType, range: Range<Int>?) {
    parameters.append(Parameter(type: type, placeholder: text.utf8.count, range: range))
    text += "$\(parameters.count)"
  }

  /// Appends `other` with its placeholders counted on from here.
  private mutating func embed(_ other: SQL) {
    let shift = encoder.bytes.count
    encoder.append(other.encoder)
    var copied = other.text.utf8.startIndex
    for (index, parameter) in other.parameters.enumerated() {
      let place = other.text.utf8.index(other.text.startIndex, offsetBy: parameter.placeholder)
      text += other.text[copied..<place]
      append(parameter.type, range: parameter.range.map { $0.lowerBound + shift..<$0.upperBound + shift })
      copied = other.text.utf8.index(place, offsetBy: "$\(index + 1)".utf8.count)
    }
    text += other.text[copied...]
  }
}

extension SQL: ExpressibleByStringInterpolation {
  package init(stringLiteral text: StaticString) { self.text = text.description }
  package init(stringInterpolation: StringInterpolation) { self = stringInterpolation.sql }

  package struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var sql = SQL(stringLiteral: "")

    package init(literalCapacity: Int, interpolationCount: Int) {
      sql.text.reserveCapacity(literalCapacity + 4 * interpolationCount)
      sql.parameters.reserveCapacity(interpolationCount)
    }

    package mutating func appendLiteral(_ literal: StaticString) { sql.text += literal.description }

    /// Binds `value`; nil is a NULL of the value's type.
    package mutating func appendInterpolation(_ value: (some PostgresBindable)?) { sql.bind(value) }

    /// Embeds another statement or a part of one, values included.
    package mutating func appendInterpolation(_ other: SQL) { sql.embed(other) }

    /// Splices text that stands in the source code.
    package mutating func appendInterpolation(raw text: StaticString) { sql.text += text.description }
  }
}
