import Backend
import Crypto
import FoundationEssentials
import FunctionRuntime
import Postgres

/// A weak entity tag (RFC 9110, 8.8.3): the same as long as nothing that a view shows can have changed.
///
/// It holds in clear what only the database knows (which life of it, the account's version, the moment), so that one
/// statement can tell that the caller has the view already, and then does not compute it.
///
/// base64url(incarnation 16, version 8, moment 4, first 8 bytes of SHA-256 of who asks for what)
struct EntityTag: Equatable {
  let incarnation: UUID
  let version: Int64
  /// What a view depends on besides the data: the viewer's day, for most.
  let moment: Int32
  let question: Question

  /// Who asks for what: an account, or a key that has found one; view and parameters.
  struct Question: Equatable {
    fileprivate let hash: [UInt8]

    init(view: String, of subject: UUID, query: Query) {
      let parameters = query.pairs.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
      let parts = ["\(EntityTag.rulesVersion)", subject.lowercased, view, parameters]
      hash = Array(SHA256.hash(data: Array(parts.joined(separator: " ").utf8)).prefix(8))
    }
  }

  /// Advances when a view shows the same data differently.
  private static let rulesVersion = 2

  /// - Parameter row: with the columns of `Progress`, and `moment`.
  init(_ row: Row, _ question: Question) throws(PostgresError) {
    incarnation = try row["incarnation"]
    version = try row["version"]
    moment = try row["moment"]
    self.question = question
  }

  /// Nil for what we never gave as an answer to this question.
  fileprivate init?(_ opaque: Substring, _ question: Question) {
    guard let bytes = Base64URL.decode(String(opaque)), bytes.count == 36, Array(bytes[28...]) == question.hash else {
      return nil
    }
    incarnation = UUID(bytes: bytes[0..<16])
    version = bytes[16..<24].reduce(0) { $0 << 8 | Int64($1) }
    moment = bytes[24..<28].reduce(0) { $0 << 8 | Int32($1) }
    self.question = question
  }

  var text: String { "W/\"\(Base64URL.encode(bytes))\"" }

  private var bytes: [UInt8] {
    incarnation.bytes + bigEndian(version) + bigEndian(moment) + question.hash
  }

  private func bigEndian(_ number: some FixedWidthInteger) -> [UInt8] {
    (0..<number.bitWidth / 8).reversed().map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }
}

extension EntityTag {
  /// A question, and which answers to it the asker has already.
  struct Condition {
    let question: Question
    /// As the `If-None-Match` of the request names them.
    private let tags: [Substring]

    init(_ question: Question, ifNoneMatch header: String?) {
      (self.question, tags) = (question, IfNoneMatch.tags(header))
    }

    /// The first that we may have given as an answer to this question.
    var known: EntityTag? { tags.lazy.compactMap { EntityTag($0, question) }.first }

    /// By weak comparison, as RFC 9110, 13.1.2 asks; `*` is any.
    func names(_ tag: EntityTag) -> Bool { tags.contains { $0 == "*" || EntityTag($0, question) == tag } }
  }
}
