/// A string that is JSON by its grammar and still no text (RFC 8259, 8.2): it has half of a surrogate pair, as a text cut by
/// UTF-16 units has where it ends in the middle of an emoji, or a NUL, at which PostgreSQL's text format would cut.
package struct DamagedText: Sendable, Equatable {
  /// With U+FFFD for each half and for each NUL. Two that differ only by what was lost become one: good for showing, not for
  /// telling one thing from another.
  package let repaired: String
  /// As it stood between the quotes.
  let source: String
  let damage: TextDamage
}

/// What is wrong with a text; the greater is the worse.
package enum TextDamage: Sendable, Comparable { case half, nul }

extension JSON {
  /// Whether it can be kept as it is written: with halves of emoji mended, with no NUL, and with keys that are still as many.
  package var isKeepable: Bool {
    switch self {
    case .null, .bool, .integer, .double, .string, .raw: true
    case .damaged(let text): text.damage == .half
    case .array(let items): items.allSatisfy(\.isKeepable)
    case .object(let object): !object.hasDamagedKeys && object.members.allSatisfy(\.value.isKeepable)
    }
  }

  /// The same, with damaged strings as they were sent: for a body that is taken apart and put together again before
  /// anybody reads it.
  package var asSent: JSON {
    switch self {
    case .null, .bool, .integer, .double, .string, .raw: self
    case .damaged(let text): .raw("\"\(text.source)\"")
    case .array(let items): .array(items.map(\.asSent))
    case .object(let object): .object(JSONObject(object.members.map { ($0.key, $0.value.asSent) }))
    }
  }

  /// Whether there is a damaged text anywhere in it.
  package var isDamaged: Bool {
    switch self {
    case .null, .bool, .integer, .double, .string, .raw: false
    case .damaged: true
    case .array(let items): items.contains(where: \.isDamaged)
    case .object(let object): object.hasDamagedKeys || object.members.contains(where: \.value.isDamaged)
    }
  }
}
