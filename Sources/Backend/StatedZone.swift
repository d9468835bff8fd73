package import Postgres
package import StrictJSON

/// A time zone as a client states it. What its machine calls its zone never fails a request: PostgreSQL tells which names
/// mean something (`known_zone` in sql/), what means nothing leaves the zone as it was, and a notice says so.
package struct StatedZone: Sendable {
  /// For `known_zone`; nil when it can be no zone, so that PostgreSQL need not see it.
  package let text: String?
  private let pointer: JSONPointer

  /// - Throws: `wrong_type` when it is no text at all.
  package init(_ node: JSONNode) throws(JSONMismatch) {
    self.init(try node.text(length: 0...Int.max), at: node.pointer)
  }

  package init(_ stated: String, at pointer: JSONPointer = .root) {
    text = StatedZone.mayBeOne(stated) ? stated : nil
    self.pointer = pointer
  }

  /// The longest name there is has 32 characters.
  private static func mayBeOne(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "/"), UInt8(ascii: "+"),
          UInt8(ascii: "-"), UInt8(ascii: ":"):
          true
        default: false
        }
      }
  }

  /// The name that is stored for it; NULL when it means nothing.
  package var known: SQL { "(SELECT breath.known_zone(\(text)))" }

  /// - Parameter isUnknown: whether `known` was NULL.
  package func notices(isUnknown: Bool) -> [Notice] { isUnknown ? [.unknownTimeZone(pointer)] : [] }
}

/// Something that a request did not need to fail for, and that its client may tell its person.
package struct Notice: Sendable {
  let code: String
  let pointer: JSONPointer
  package let detail: String

  static func unknownTimeZone(_ pointer: JSONPointer) -> Notice {
    Notice(
      code: "unknown_time_zone", pointer: pointer,
      detail:
        "This is no time zone that the server knows, so the zone stays as it was. Send a name like Europe/Berlin, "
        + "or an offset like +05:30.")
  }

  /// - Parameter mismatch: of the name, which tells what would be right.
  package static func nameNotTaken(_ mismatch: JSONMismatch) -> Notice {
    Notice(
      code: "invalid_name", pointer: mismatch.pointer,
      detail: "This name is not taken, so the one before stays; a name \(mismatch.detail).")
  }

  package static let zoneOfKey = Notice(
    code: "zone_of_key", pointer: JSONPointer.root["device"]["timeZone"],
    detail: "A key has no time zone of its own: it goes by the account's, or else by that of the device that made it.")

  package static let detailNotForKeys = Notice(
    code: "not_for_keys", pointer: .root,
    detail: "What is shared is the person's choice, not a key's: this account shares day totals only, and the sessions "
      + "count in their days.")

  package var json: JSON {
    ["code": .string(code), "pointer": .string("\(pointer)"), "detail": .string(detail)]
  }
}

extension JSON {
  /// An answer with what there is to notice: `notices`, which is absent where there is nothing.
  package func noting(_ notices: [Notice]) -> JSON {
    guard !notices.isEmpty, var members = object else { return self }
    members["notices"] = .array(notices.map(\.json))
    return .object(members)
  }
}
