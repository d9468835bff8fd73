import FoundationEssentials
import FunctionRuntime
import Postgres
import StrictJSON

/// Whoever has it sees what was chosen, until it is revoked. 122 random bits; it tells nothing of whom it is.
struct ShareID: Sendable {
  let uuid: UUID

  init() { uuid = UUID() }

  /// Nil for what cannot be one.
  init?(_ text: String) {
    guard text.utf8.count == 22, let bytes = Base64URL.decode(text), bytes.count == 16 else { return nil }
    uuid = UUID(bytes: bytes[...])
    guard self.text == text else { return nil }  // one spelling
  }

  init(_ uuid: UUID) { self.uuid = uuid }

  var text: String { Base64URL.encode(uuid.bytes) }
}

extension Shown {
  static let members = ["/content", "/name"]
  static let nameLength = 1...40

  /// The body of `POST /shares`: `{"content": ["level", "streak"], "name": "Ana"}`, the name optional.
  init(_ body: JSONNode) throws(JSONMismatch) {
    var content: Set<ShareContent> = []
    for item in try body["content"].items() {
      guard let part = ShareContent(rawValue: try item.string(length: 1...20)) else {
        let names = ShareContent.allCases.map(\.rawValue).joined(separator: ", ")
        throw item.mismatch("unknown_content", "must be one of \(names)")
      }
      content.insert(part)
    }
    guard !content.isEmpty else {
      throw body["content"].mismatch("out_of_range", "must name at least one thing to show")
    }
    self.content = content
    name = try body["name"].ifPresent { node throws(JSONMismatch) in try node.name(length: Shown.nameLength).text }
  }

  /// - Parameter row: with `content` and `name`.
  init(_ row: Row) throws(PostgresError) {
    let names: [String] = try row["content"]
    content = Set(names.compactMap(ShareContent.init))
    let stored: String? = try row["name"]
    name = stored.flatMap { Name(cleaning: $0)?.text }
  }

  var contentNames: [String] { ShareContent.allCases.filter(content.contains).map(\.rawValue) }
}
