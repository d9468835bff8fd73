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
  private(set) var fixedText = SQLText()
  private(set) var parameters: [Parameter] = []
  /// The encoded values one after the other; one buffer, so that its pointers are taken in one closure.
  private(set) var encoder = PostgresEncoder()

  /// A bound value: where `text` names it and where its bytes are.
  struct Parameter: Sendable {
    let type: PostgresType
    /// Its placeholder in the text.
    let placeholder: Range<Int>
    /// Its binary form in `encoder.bytes`; nil is NULL.
    let range: Range<Int>?
  }

  /// The statement as PostgreSQL gets it. Holds no value, so it may be logged.
  package var text: String { fixedText.description }

  private mutating func bind<Value: PostgresBindable>(_ value: Value?) {
    guard let value else { return append(Value.postgresType, range: nil) }
    let start = encoder.bytes.count
    value.encode(into: &encoder)
    let range = start..<encoder.bytes.count
    encoder.append(UInt8(0))  // libpq wants a pointer also for a value of no bytes: it points here
    append(Value.postgresType, range: range)
  }

  private mutating func append(_ type: PostgresType, range: Range<Int>?) {
    let placeholder = fixedText.append(placeholder: parameters.count + 1)
    parameters.append(Parameter(type: type, placeholder: placeholder, range: range))
  }

  /// Appends `other` with its placeholders counted on from here.
  private mutating func embed(_ other: SQL) {
    let shift = encoder.bytes.count
    encoder.append(other.encoder)
    var copied = 0
    for parameter in other.parameters {
      fixedText.append(other.fixedText.utf8[copied..<parameter.placeholder.lowerBound])
      append(parameter.type, range: parameter.range.map { $0.lowerBound + shift..<$0.upperBound + shift })
      copied = parameter.placeholder.upperBound
    }
    fixedText.append(other.fixedText.utf8[copied...])
  }
}

extension SQL {
  /// Each bound value by itself, as a part for another statement.
  package var boundValues: [SQL] {
    parameters.map { parameter in
      var part = SQL(stringLiteral: "")
      part.encoder = encoder
      part.append(parameter.type, range: parameter.range)
      return part
    }
  }
}

extension SQL: ExpressibleByStringInterpolation {
  package init(stringLiteral text: StaticString) { fixedText.append(text) }
  package init(stringInterpolation: StringInterpolation) { self = stringInterpolation.sql }

  package struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var sql = SQL(stringLiteral: "")

    package init(literalCapacity: Int, interpolationCount: Int) {
      sql.fixedText.reserveCapacity(literalCapacity + 4 * interpolationCount)
      sql.parameters.reserveCapacity(interpolationCount)
    }

    package mutating func appendLiteral(_ literal: StaticString) { sql.fixedText.append(literal) }

    /// Binds `value`; nil is a NULL of the value's type.
    package mutating func appendInterpolation(_ value: (some PostgresBindable)?) { sql.bind(value) }

    /// Embeds another statement or a part of one, values included.
    package mutating func appendInterpolation(_ other: SQL) { sql.embed(other) }

    /// Splices text that stands in the source code.
    package mutating func appendInterpolation(raw text: StaticString) { sql.fixedText.append(text) }
  }
}
