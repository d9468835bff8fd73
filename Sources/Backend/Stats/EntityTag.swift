import Crypto
import FunctionRuntime

/// A weak entity tag (RFC 9110, 8.8.3): the same as long as nothing that a view shows can have changed.
struct EntityTag {
  let text: String

  init(_ progress: Progress, of account: AccountID, view: String, query: Query) {
    let question = query.pairs.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
    let parts = [
      progress.incarnation.lowercased, account.uuid.lowercased, "\(progress.accountVersion)", "\(progress.today)",
      "\(EntityTag.rulesVersion)", view, question,
    ]
    let hash = SHA256.hash(data: Array(parts.joined(separator: " ").utf8)).prefix(12)
    text = "W/\"\(Base64URL.encode(hash))\""
  }

  /// Advances when a view shows the same data differently.
  private static let rulesVersion = 1

  /// By weak comparison, as RFC 9110, 13.1.2 asks; `*` is any.
  func isNamed(in header: String?) -> Bool {
    guard let header else { return false }
    let opaque = text.dropFirst(2)
    return header.split(separator: ",").contains { candidate in
      let tag = candidate.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
      let plain = String(tag)
      return plain == "*" || plain == text || plain == opaque
    }
  }
}
