/// Decoded pairs of a query or a form, in the order they came in; `+` is a space, as forms have it.
///
/// A name may come once. Which of two values counts is answered differently by every layer a request passes, and the
/// platform itself keeps only the last, so a repeated name is refused rather than guessed (400 `invalid_query`).
package struct Query: Sendable {
  package let pairs: [(name: String, value: String)]

  static let pairsMax = 64

  package subscript(name: String) -> String? { pairs.first { $0.name == name }?.value }
}

extension Query {
  package init() { pairs = [] }

  /// - Throws: 400 for a wrong escape, a repeated name, or more than `pairsMax` pairs.
  package init(parsing text: String, code: String = "invalid_query") throws(Problem) {
    let parts = text.split(separator: "&")
    guard parts.count <= Query.pairsMax else {
      throw Problem(400, code: code, detail: "At most \(Query.pairsMax) parameters are accepted.")
    }
    var pairs: [(name: String, value: String)] = []
    for part in parts {
      let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = percentDecoded(sides[0], plusIsSpace: true),
        let value = percentDecoded(sides.count == 2 ? sides[1] : "", plusIsSpace: true)
      else { throw Problem(400, code: code, detail: "The parameters are not percent-encoded UTF-8.") }
      guard !pairs.contains(where: { $0.name == name }) else {
        throw Problem(400, code: code, detail: "A parameter is given more than once.")
      }
      pairs.append((name, value))
    }
    self.pairs = pairs
  }
}
